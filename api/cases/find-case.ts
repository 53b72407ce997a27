import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import { type Place, requireInReach } from '../auth/reach.ts';
import type { User } from '../auth/user.ts';
import { loadCalendars } from '../calendar/load-calendar.ts';
import { mayDecideBlind, requireNotKept } from '../candidates/blind-sight.ts';
import { toSealedPackage } from '../candidates/view.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database } from '../database/tables.ts';
import { toStillViews } from '../evidence/package-view.ts';
import { findRelation, maySeeUnmasked } from '../evidence/unmasked.ts';
import { type CaseRow, selectCases } from './case-query.ts';
import { findBrokenRecord } from './flow-record.ts';
import { toPoint } from './merging.ts';
import type { CaseDetail, CaseSummary } from './schema.ts';
import { toCaseSummary, toFlowView, toIso } from './view.ts';

export async function findCaseSummary(
  context: ConsoleContext,
  db: Database,
  caseNo: string,
  user: User,
): Promise<CaseSummary> {
  const row = await findRow(db, caseNo);
  return toCaseSummary(row, user, await loadClock(context, db, [row]));
}

/** What the summaries of these cases need to know of time. */
export async function loadClock(context: ConsoleContext, db: Database, rows: readonly CaseRow[]) {
  const { timeZone, nowMs } = context;
  const units = new Set(rows.filter((row) => row.deadline !== null).map((row) => row.unit_id));
  const calendars = units.size === 0 ? new Map() : await loadCalendars(db, timeZone, [...units]);
  return { timeZone, nowMs: nowMs(), calendars };
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
  await requireNotBlind(db, row, user);
  const flow = await db
    .selectFrom('flow_record')
    .leftJoin('unit', 'unit.id', 'flow_record.unit_id')
    .selectAll('flow_record')
    .select('unit.name as unit_name')
    .where('case_no', '=', caseNo)
    .orderBy('seq')
    .execute();
  const applications = await db
    .selectFrom('case_application')
    .selectAll()
    .where('case_no', '=', caseNo)
    .orderBy('applied_at')
    .execute();
  const merged = await db
    .selectFrom('case_file')
    .select('case_no')
    .where('merged_into', '=', caseNo)
    .orderBy('case_no')
    .execute();
  const consulted =
    row.consulted_unit_ids.length === 0
      ? []
      : await db
          .selectFrom('unit')
          .select(['id', 'name'])
          .where('id', 'in', row.consulted_unit_ids)
          .orderBy('id')
          .execute();
  const sealed = toSealedPackage(row);
  const isUnmasked =
    row.candidate_id !== null && maySeeUnmasked(user, await findRelation(db, user, row.candidate_id));
  return {
    ...toCaseSummary(row, user, await loadClock(context, db, [row])),
    candidateId: row.candidate_id,
    description: row.description,
    reporter: row.reporter,
    point: toPoint(row),
    verified: row.is_verified,
    closeType: row.close_type,
    overdueExempt: row.overdue_exempt,
    penaltyTrack: row.penalty_track,
    outsideCoverage: row.outside_coverage,
    omission: row.omission,
    mergedInto: row.merged_into,
    consulted,
    merged: merged.map((other) => other.case_no),
    suspendedUntil: toIso(row.suspended_until, timeZone),
    counts: {
      wrongDispatches: row.wrong_dispatch_count,
      returns: row.return_count,
      shuffles: row.shuffle_count,
      extensions: row.extension_count,
      suspensions: row.suspension_count,
      reworks: row.rework_count,
      urges: row.urge_count,
    },
    applications: applications.map((application) => ({
      kind: application.kind,
      state: application.state,
      applicant: application.applicant,
      appliedAt: toZonedIso(application.applied_at.getTime(), timeZone),
      reason: application.reason,
      until: toIso(application.until, timeZone),
      endorsedBy: application.endorsed_by,
      decidedBy: application.decided_by,
    })),
    stills: sealed === null ? [] : toStillViews(sealed, timeZone, isUnmasked),
    brokenFlow: findBrokenRecord(flow),
    flow: flow.map((record) => toFlowView(record, timeZone)),
  };
}

/** Refuses who asks for a case of another unit or grid than their own. */
export function requireReadable(row: Place & { readonly case_no: string }, user: User): void {
  requireInReach(row, user, `case ${row.case_no}`);
}

/** A reviewer who may yet decide on it blindly does not learn that there is a case. */
async function requireNotBlind(db: Database, row: CaseRow, user: User): Promise<void> {
  if (row.candidate_id === null || !mayDecideBlind(user)) return;
  await requireNotKept(db, row.candidate_id, user).catch((error: unknown) => {
    throw error instanceof XunjieError && error.code === 'not_found' ? noCase(row.case_no) : error;
  });
}

async function findRow(db: Database, caseNo: string): Promise<CaseRow> {
  const row = await selectCases(db).where('case_file.case_no', '=', caseNo).executeTakeFirst();
  if (row === undefined) throw noCase(caseNo);
  return row;
}

export function noCase(caseNo: string): XunjieError {
  return new XunjieError('not_found', `there is no case ${caseNo}`);
}
