import { sql } from 'kysely';
import type { CaseState, Role } from '../../domain/mod.ts';
import { insertAudit, noteWritten } from '../audit/append-audit.ts';
import type { ConsoleContext } from '../context.ts';
import { prepared } from '../database/prepared.ts';
import type { DatabaseTransaction, FlowAction, PhotoAttachment, Row } from '../database/tables.ts';
import { writeTogether } from '../database/write-together.ts';
import { insertCaseEvent } from '../integrations/outbox/case-event.ts';
import { insertNews } from '../live/live-event.ts';
import { lapseApplications } from './applications.ts';
import { isOverdue, type StageFacts, selectStageFacts, toStageDeadline } from './deadline.ts';
import { insertFlow, selectLastFlow } from './flow-record.ts';
import { listTimerWrites } from './timers.ts';

type CaseFile = Row<'case_file'>;

export interface TakenStep {
  /** The case as it was; its row is locked. */
  readonly before: CaseFile;
  readonly action: FlowAction;
  readonly to: CaseState;
  readonly changes: Partial<CaseFile>;
  readonly actor: string;
  /** `null` when nobody acts but the timer. */
  readonly role: Role | null;
  readonly ip: string | null;
  readonly atMs: number;
  readonly opinion: string | null;
  readonly attachments: readonly PhotoAttachment[];
  readonly details: Record<string, unknown>;
  /** Whose record it is, where that is not the unit that the case is with. */
  readonly unitId?: string;
}

/** Writes a step that is allowed: the case, its timers and applications, the flow record, the audit line, the news. */
export async function takeStep(
  context: ConsoleContext,
  db: DatabaseTransaction,
  step: TakenStep,
): Promise<CaseFile> {
  const { before, action, to, changes, atMs, details } = step;
  const at = new Date(atMs);
  const stageFacts = to === before.state ? sql<StageFacts | null>`null` : selectStageFacts(to);
  const known = await db
    .selectNoFrom([selectLastFlow(before.case_no).as('last'), stageFacts.as('stage')])
    .modifyFront(prepared)
    .executeTakeFirstOrThrow();
  const stage =
    known.stage === null
      ? {}
      : { stage_from: at, stage_deadline: toStageDeadline(known.stage, context.timeZone, to, atMs) };
  // Who takes part in a coordination has no business with the case once it is over.
  const over = to === 'coordination' ? {} : { consulted_unit_ids: [] };
  const after: CaseFile = {
    ...before,
    ...stage,
    ...over,
    ...changes,
    state: to,
    version: before.version + 1,
  };
  const { case_no: caseNo, ...values } = after;
  const flow = insertFlow(db, known.last, {
    case_no: caseNo,
    from_state: before.state,
    to_state: to,
    action,
    actor: step.actor,
    role: step.role,
    unit_id: step.unitId ?? after.unit_id ?? before.unit_id,
    at,
    deadline: after.deadline,
    overdue: isOverdue(after, atMs),
    opinion: step.opinion,
    attachments: step.attachments,
    round: after.round,
    // Of the stage that this step ends: whether it came in time is read off the record.
    stage_deadline: to === before.state ? null : before.stage_deadline,
    details,
  });
  const audit = insertAudit(db, {
    atMs,
    actor: step.actor,
    action: `case.${action}`,
    objectKind: 'case',
    objectId: caseNo,
    result: 'done',
    ip: step.ip,
    details: { from: before.state, to, version: after.version, ...details },
  });
  const outgoing = insertCaseEvent(context, after, {
    action,
    from: before.state,
    role: step.role,
    atMs,
    consulted: before.consulted_unit_ids,
  });
  await writeTogether(db, [
    db.updateTable('case_file').set(values).where('case_no', '=', caseNo),
    ...(await listTimerWrites(context, db, { before, after, atMs })),
    lapseApplications(db, before, after, atMs),
    flow,
    audit,
    outgoing,
    insertNews([{ event: { event: 'case', data: { caseNo, state: to } }, places: [before, after] }]),
  ]);
  noteWritten('done');
  return after;
}
