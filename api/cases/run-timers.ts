import { toMessage } from '../../domain/mod.ts';
import { insertAudit, noteWritten } from '../audit/append-audit.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row, TimerKind } from '../database/tables.ts';
import { writeTogether } from '../database/write-together.ts';
import { insertCaseEvent } from '../integrations/outbox/case-event.ts';
import { insertNews } from '../live/live-event.ts';
import { isOverdue } from './deadline.ts';
import { insertFlow, selectLastFlow } from './flow-record.ts';
import { resumeOnTime } from './suspension.ts';
import { escalations } from './timers.ts';

/** Who acts when nobody does. */
export const timerActor = 'timer';
const maxTimersPerRun = 1000;

/**
 * Does what is due by now: 80, 100 and 150 % of a limit, the end of a suspension. Each in a transaction of its own that
 * takes the timer's row away, under the case's lock: however many consoles run this at once, and whenever one is killed,
 * each is done once. Returns how many were done.
 */
export async function runDueTimers(context: ConsoleContext): Promise<number> {
  const now = new Date(context.nowMs());
  const due = await context.db
    .selectFrom('case_timer')
    .innerJoin('case_file', 'case_file.case_no', 'case_timer.case_no')
    .select(['case_timer.case_no', 'case_timer.kind'])
    .where('due_at', '<=', now)
    // A clock that stands (replied, suspended, merged) makes nothing due; should it run on, its timers are still there.
    .where((where) =>
      where.or([
        where.and([where('case_timer.kind', '=', 'resume'), where('case_file.state', '=', 'suspended')]),
        where.and([
          where('case_timer.kind', '<>', 'resume'),
          where('case_file.state', 'in', ['dispatched', 'in_disposal']),
        ]),
      ]),
    )
    .orderBy('due_at')
    .orderBy('case_timer.kind')
    .limit(maxTimersPerRun)
    .execute();
  let done = 0;
  for (const { case_no: caseNo, kind } of due)
    try {
      if (await runTimer(context, caseNo, kind)) done += 1;
    } catch (error) {
      // The row is still there: the next run tries again, and the others are not kept waiting.
      context.logger.error({ caseNo, kind, error: toMessage(error) }, 'a timer of a case could not be run');
    }
  return done;
}

/** False when another console is at it, or has done it. */
async function runTimer(context: ConsoleContext, caseNo: string, kind: TimerKind): Promise<boolean> {
  const atMs = context.nowMs();
  return context.db.transaction().execute(async (db) => {
    const file = await db
      .selectFrom('case_file')
      .selectAll()
      .where('case_no', '=', caseNo)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (file === undefined) return false;
    const timer = await db
      .deleteFrom('case_timer')
      .where('case_no', '=', caseNo)
      .where('kind', '=', kind)
      .where('due_at', '<=', new Date(atMs))
      .returning('due_at')
      .executeTakeFirst();
    if (timer === undefined) return false;
    if (kind === 'resume') await resumeOnTime(context, db, file, timer.due_at);
    else await escalate(context, db, file, kind, atMs);
    return true;
  });
}

async function escalate(
  context: ConsoleContext,
  db: DatabaseTransaction,
  file: Row<'case_file'>,
  kind: Exclude<TimerKind, 'resume'>,
  atMs: number,
): Promise<void> {
  const { percent, to } = escalations.find((known) => known.kind === kind) ?? escalations[0];
  const caseNo = file.case_no;
  // The version stays: what a person is about to do is no less right because time has passed.
  const noted = db.updateTable('case_file').set({ escalated_percent: percent }).where('case_no', '=', caseNo);
  const details = { percent, to };
  const { last } = await db.selectNoFrom(selectLastFlow(caseNo).as('last')).executeTakeFirstOrThrow();
  const flow = insertFlow(db, last, {
    case_no: caseNo,
    from_state: file.state,
    to_state: file.state,
    action: 'escalate',
    actor: timerActor,
    role: null,
    unit_id: file.unit_id,
    at: new Date(atMs),
    deadline: file.deadline,
    overdue: isOverdue(file, atMs),
    opinion: null,
    attachments: [],
    round: file.round,
    stage_deadline: null,
    details,
  });
  const audit = insertAudit(db, {
    atMs,
    actor: timerActor,
    action: 'case.escalate',
    objectKind: 'case',
    objectId: caseNo,
    result: 'done',
    ip: null,
    details,
  });
  const escalated = { ...file, escalated_percent: percent };
  const step = { action: 'escalate', from: file.state, role: null, atMs } as const;
  await writeTogether(db, [
    noted,
    flow,
    audit,
    insertCaseEvent(context, escalated, step),
    insertNews([{ event: { event: 'case', data: { caseNo, state: file.state } }, places: [file] }]),
  ]);
  noteWritten('done');
}
