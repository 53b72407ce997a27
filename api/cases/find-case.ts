import { XunjieError } from '../../domain/mod.ts';
import { isConfinedToUnit } from '../auth/permissions.ts';
import type { User } from '../auth/user.ts';
import { toSealedPackage } from '../candidates/view.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database } from '../database/tables.ts';
import { toStillViews } from '../evidence/package-view.ts';
import { maySeeUnmasked } from '../evidence/unmasked.ts';
import { type CaseRow, selectCases } from './case-query.ts';
import type { CaseDetail, CaseSummary } from './schema.ts';
import { toCaseSummary, toFlowView } from './view.ts';

export async function findCaseSummary(
  context: ConsoleContext,
  db: Database,
  caseNo: string,
  user: User,
): Promise<CaseSummary> {
  return toCaseSummary(await findRow(db, caseNo), user, context.timeZone, context.nowMs());
}

/** One case with its stills and its flow. `db` may be a transaction. */
export async function findCase(
  context: ConsoleContext,
  db: Database,
  caseNo: string,
  user: User,
): Promise<CaseDetail> {
  const { timeZone } = context;
  const row = await findRow(db, caseNo);
  requireReadable(row, user);
  const flow = await db
    .selectFrom('flow_record')
    .leftJoin('unit', 'unit.id', 'flow_record.unit_id')
    .selectAll('flow_record')
    .select('unit.name as unit_name')
    .where('case_no', '=', caseNo)
    .orderBy('seq')
    .execute();
  const sealed = toSealedPackage(row);
  return {
    ...toCaseSummary(row, user, timeZone, context.nowMs()),
    candidateId: row.candidate_id,
    stills: sealed === null ? [] : toStillViews(sealed, timeZone, maySeeUnmasked(user, true)),
    flow: flow.map((record) => toFlowView(record, timeZone)),
  };
}

/** Refuses an officer who asks for a case of another unit. */
export function requireReadable(row: { case_no: string; unit_id: string | null }, user: User): void {
  const isOwnUnit = user.unit !== null && user.unit.id === row.unit_id;
  if (isConfinedToUnit(user.roles) && !isOwnUnit)
    throw new XunjieError('forbidden', `case ${row.case_no} is not with your unit`);
}

async function findRow(db: Database, caseNo: string): Promise<CaseRow> {
  const row = await selectCases(db).where('case_file.case_no', '=', caseNo).executeTakeFirst();
  if (row === undefined) throw noCase(caseNo);
  return row;
}

export function noCase(caseNo: string): XunjieError {
  return new XunjieError('not_found', `there is no case ${caseNo}`);
}
