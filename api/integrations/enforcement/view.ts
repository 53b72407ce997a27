import {
  type EnforcementState,
  enforcementActions,
  enforcementTransitions,
  type objectionReasons,
  XunjieError,
} from '../../../domain/mod.ts';
import { matchReach } from '../../auth/reach.ts';
import type { User } from '../../auth/user.ts';
import { toIso } from '../../cases/view.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Database } from '../../database/tables.ts';
import type { EnforcementDetail, EnforcementSummary } from './schema.ts';

const most = 500;

export async function listEnforcement(
  { db, timeZone }: ConsoleContext,
  state: EnforcementState | null,
  user: User,
): Promise<EnforcementSummary[]> {
  let query = select(db)
    .innerJoin('case_file', 'case_file.case_no', 'enforcement_file.case_no')
    .where(matchReach(user));
  if (state !== null) query = query.where('enforcement_file.state', '=', state);
  const rows = await query
    .orderBy('enforcement_file.updated_at', 'desc')
    .orderBy('enforcement_file.case_no')
    .limit(most)
    .execute();
  return rows.map((row) => toSummary(row, timeZone));
}

export async function findEnforcement(
  { db, timeZone }: ConsoleContext,
  caseNo: string,
  user: User,
): Promise<EnforcementDetail> {
  const row = await select(db).where('case_no', '=', caseNo).executeTakeFirst();
  if (row === undefined) throw new XunjieError('not_found', `case ${caseNo} is on no penalty track`);
  const steps = await db
    .selectFrom('enforcement_step')
    .selectAll()
    .where('case_no', '=', caseNo)
    .orderBy('seq')
    .execute();
  return {
    ...toSummary(row, timeZone),
    steps: steps.map(({ seq, action, from_state: from, to_state: to, actor, role, at, note }) => ({
      seq,
      action,
      from,
      to,
      actor,
      role,
      at: toIso(at, timeZone) ?? '',
      note,
    })),
    actions: enforcementActions.filter((action) => {
      const { from, by } = enforcementTransitions[action];
      return from.includes(row.state) && by.some((role) => user.roles.includes(role));
    }),
  };
}

function select(db: Database) {
  return db
    .selectFrom('enforcement_file')
    .leftJoin('outbox_message', 'outbox_message.id', 'enforcement_file.hand_over_message')
    .selectAll('enforcement_file')
    .select('outbox_message.state as message_state');
}

type EnforcementRow = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

function toSummary(row: EnforcementRow, timeZone: string): EnforcementSummary {
  return {
    caseNo: row.case_no,
    state: row.state,
    version: row.version,
    notifiedAt: toIso(row.notified_at, timeZone),
    objectionUntil: toIso(row.objection_until, timeZone),
    objectionReason: row.objection_reason as (typeof objectionReasons)[number] | null,
    handOver: row.message_state,
    reference: row.reference,
    updatedAt: toIso(row.updated_at, timeZone) ?? '',
  };
}
