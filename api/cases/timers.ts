import { isOpenState, type RunningLimit, toShareInstant } from '../../domain/mod.ts';
import { loadCalendar } from '../calendar/load-calendar.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row, TimerKind } from '../database/tables.ts';
import { findLimit } from './deadline.ts';

type CaseFile = Row<'case_file'>;

/** 80 % warns the unit, 100 % is overdue and goes to the shift leader, 150 % to the commander. */
export const escalations = [
  { kind: 'warn', percent: 80, to: 'unit' },
  { kind: 'overdue', percent: 100, to: 'shift_leader' },
  { kind: 'escalate', percent: 150, to: 'commander' },
] as const;

/**
 * Brings a case's timers up to what a step made of it. They are rows, written in the step's transaction: they hold through
 * restarts, and nothing is due that no clock stands for.
 */
export async function keepTimers(
  context: ConsoleContext,
  db: DatabaseTransaction,
  {
    before,
    after,
    atMs,
  }: { readonly before: CaseFile | null; readonly after: CaseFile; readonly atMs: number },
): Promise<void> {
  const { case_no: caseNo, deadline, clock_from: clockFrom } = after;
  if (!isOpenState(after.state) && after.state !== 'merged') {
    await db.deleteFrom('case_timer').where('case_no', '=', caseNo).execute();
    return;
  }
  if (toMs(before?.deadline) !== toMs(deadline) || toMs(before?.clock_from) !== toMs(clockFrom)) {
    await dropTimers(db, caseNo, ['warn', 'overdue', 'escalate']);
    if (deadline !== null && clockFrom !== null) {
      const { unit } = await findLimit(db, after);
      const running = { fromMs: clockFrom.getTime(), deadlineMs: deadline.getTime(), unit };
      await setEscalations(context, db, after, running, atMs);
    }
  }
  if (toMs(before?.suspended_until) !== toMs(after.suspended_until)) {
    await dropTimers(db, caseNo, ['resume']);
    if (after.suspended_until !== null)
      await db
        .insertInto('case_timer')
        .values({ case_no: caseNo, kind: 'resume', due_at: after.suspended_until })
        .execute();
  }
}

async function setEscalations(
  context: ConsoleContext,
  db: DatabaseTransaction,
  { case_no: caseNo, unit_id: unitId }: CaseFile,
  running: RunningLimit,
  atMs: number,
): Promise<void> {
  const calendar = await loadCalendar(db, context.timeZone, unitId);
  const due = escalations
    .map(({ kind, percent }) => ({ kind, atMs: toShareInstant(running, percent / 100, calendar) }))
    .filter((timer) => timer.atMs >= atMs);
  if (due.length === 0) return;
  await db
    .insertInto('case_timer')
    .values(due.map((timer) => ({ case_no: caseNo, kind: timer.kind, due_at: new Date(timer.atMs) })))
    .execute();
}

async function dropTimers(
  db: DatabaseTransaction,
  caseNo: string,
  kinds: readonly TimerKind[],
): Promise<void> {
  await db.deleteFrom('case_timer').where('case_no', '=', caseNo).where('kind', 'in', kinds).execute();
}

function toMs(date: Date | null | undefined): number | null {
  return date?.getTime() ?? null;
}
