import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import { type Place, requireInReach } from '../auth/reach.ts';
import type { User } from '../auth/user.ts';
import {
  defaultHoursOwner,
  loadCalendars,
  selectCalendarFacts,
  toCalendars,
} from '../calendar/load-calendar.ts';
import { mayDecideBlind, requireNotKept } from '../candidates/blind-sight.ts';
import { toSealedPackage } from '../candidates/view.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, Row } from '../database/tables.ts';
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
  const { timeZone, nowMs } = context;
  const row = await selectWithDetails(db).where('case_file.case_no', '=', caseNo).executeTakeFirst();
  if (row === undefined) throw noCase(caseNo);
  requireReadable(row, user);
  await requireNotBlind(db, row, user);
  const flow = row.flow.map(toFlowRow);
  const calendars = toCalendars(row.calendar, timeZone, [row.unit_id]);
  const sealed = toSealedPackage(row);
  const isUnmasked =
    row.candidate_id !== null && maySeeUnmasked(user, await findRelation(db, user, row.candidate_id));
  return {
    ...toCaseSummary(row, user, { timeZone, nowMs: nowMs(), calendars }),
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
    consulted: row.consulted,
    merged: row.merged,
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
    applications: row.applications.map((application) => ({
      kind: application.kind,
      state: application.state,
      applicant: application.applicant,
      appliedAt: toZonedIso(Date.parse(application.applied_at), timeZone),
      reason: application.reason,
      until: toIso(toDate(application.until), timeZone),
      endorsedBy: application.endorsed_by,
      decidedBy: application.decided_by,
    })),
    stills: sealed === null ? [] : toStillViews(sealed, timeZone, isUnmasked),
    brokenFlow: findBrokenRecord(flow),
    flow: flow.map((record) => toFlowView(record, timeZone)),
  };
}

/** Everything that is shown of a case, in one round trip; times within come as text. */
function selectWithDetails(db: Database) {
  const ofCase = sql.ref<string>('case_file.case_no');
  return selectCases(db).select([
    jsonArrayFrom(
      db
        .selectFrom('flow_record')
        .leftJoin('unit', 'unit.id', 'flow_record.unit_id')
        .selectAll('flow_record')
        .select('unit.name as unit_name')
        .where('flow_record.case_no', '=', ofCase)
        .orderBy('seq'),
    ).as('flow'),
    jsonArrayFrom(
      db
        .selectFrom('case_application')
        .selectAll()
        .where('case_application.case_no', '=', ofCase)
        .orderBy('applied_at'),
    ).as('applications'),
    jsonArrayFrom(
      db
        .selectFrom('unit')
        .select(['unit.id', 'unit.name'])
        .where((unit) => sql<boolean>`${unit.ref('unit.id')} = any(case_file.consulted_unit_ids)`)
        .orderBy('unit.id'),
    ).as('consulted'),
    sql<
      string[]
    >`array(select case_no from case_file other where merged_into = case_file.case_no order by case_no)`.as(
      'merged',
    ),
    selectCalendarFacts(sql`array[case_file.unit_id, ${defaultHoursOwner}]`).as('calendar'),
  ]);
}

type TimeInFlow = 'at' | 'deadline' | 'stage_deadline';
type FlowRow = Row<'flow_record'> & { readonly unit_name: string | null };

/** A record as its table has it. */
function toFlowRow(record: Omit<FlowRow, TimeInFlow> & { [name in TimeInFlow]: string | null }): FlowRow {
  const { at, deadline, stage_deadline: stageDeadline, ...rest } = record;
  return {
    ...rest,
    at: new Date(at ?? Number.NaN),
    deadline: toDate(deadline),
    stage_deadline: toDate(stageDeadline),
  };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
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
