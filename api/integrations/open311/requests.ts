import { sql } from 'kysely';
import { isOpenState, toZonedIso } from '../../../domain/mod.ts';
import { stateNamesZh } from '../../cases/state-names.ts';
import { toIso } from '../../cases/view.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Database, Row } from '../../database/tables.ts';
import { refuse } from './answer.ts';
import { hidePersonalData } from './hide-personal-data.ts';
import { toServiceCode } from './services.ts';

const dayMs = 24 * 3_600_000;
/** The standard's: whichever is smaller. */
const longestSpanMs = 90 * dayMs;
const mostRequests = 1000;
const maxIds = 200;

export interface RequestQuery {
  readonly service_request_id?: string;
  readonly service_code?: string;
  readonly start_date?: string;
  readonly end_date?: string;
  readonly status?: string;
  readonly page?: number;
  readonly page_size?: number;
}

/** Requests, newest first. Ids stand before all other filters; without dates the last ninety days. */
export async function listRequests(context: ConsoleContext, query: RequestQuery) {
  const ids = toList(query.service_request_id);
  if (ids !== null && ids.length > maxIds) throw refuse(400, `more than ${maxIds} service_request_id`);
  let rows = select(context.db).where('case_file.penalty_track', '=', false);
  if (ids === null) {
    const { fromMs, toMs } = readSpan(query, context.nowMs(), context.timeZone);
    rows = rows
      .where('case_file.created_at', '>=', new Date(fromMs))
      .where('case_file.created_at', '<=', new Date(toMs));
    const codes = toList(query.service_code);
    const codeOf = sql<string>`case case_file.class_scheme when 'gbt30428.2-2013' then case_file.class_code
      when 'local' then 'local:' || case_file.class_code else 'cjt:' || case_file.class_code end`;
    if (codes !== null) rows = rows.where(sql<boolean>`${codeOf} = any(${codes}::text[])`);
    const wanted = toList(query.status);
    const stranger = wanted?.find((status) => !['open', 'closed'].includes(status));
    if (stranger !== undefined) throw refuse(400, `status ${stranger} is not one of open, closed`);
    if (wanted !== null && wanted.length === 1)
      rows = rows.where(sql<boolean>`${isOpenSql} = ${wanted[0] === 'open'}`);
  } else rows = rows.where('case_file.case_no', 'in', ids);
  const size = Math.min(mostRequests, query.page_size ?? mostRequests);
  const found = await rows
    .orderBy('case_file.created_at', 'desc')
    .orderBy('case_file.case_no', 'desc')
    .offset(size * ((query.page ?? 1) - 1))
    .limit(size)
    .execute();
  return found.map((row) => toRequest(row, context.timeZone));
}

export async function findRequest(context: ConsoleContext, id: string) {
  const row = await select(context.db)
    .where('case_file.case_no', '=', id)
    .where('case_file.penalty_track', '=', false)
    .executeTakeFirst();
  if (row === undefined) throw refuse(404, `service_request_id ${id} was not found`);
  return toRequest(row, context.timeZone);
}

/** A case that was merged into another is as open as that one. */
const isOpenSql = sql<boolean>`coalesce(master.state, case_file.state) not in
  ('closed', 'not_accepted', 'not_registered', 'voided')`;

function select(db: Database) {
  return db
    .selectFrom('case_file')
    .leftJoin('case_file as master', 'master.case_no', 'case_file.merged_into')
    .leftJoin('unit', 'unit.id', 'case_file.unit_id')
    .leftJoin('case_class', (join) =>
      join
        .onRef('case_class.scheme', '=', 'case_file.class_scheme')
        .onRef('case_class.code', '=', 'case_file.class_code'),
    )
    .selectAll('case_file')
    .select([
      'unit.name as unit_name',
      'case_class.name as class_name',
      'master.state as master_state',
      sql<Date>`(select max(at) from flow_record where flow_record.case_no = case_file.case_no)`.as(
        'updated_at',
      ),
    ]);
}

type RequestRow = Row<'case_file'> & {
  readonly unit_name: string | null;
  readonly class_name: string | null;
  readonly master_state: Row<'case_file'>['state'] | null;
  readonly updated_at: Date | null;
};

/** What anybody may know of a case: no reporter, nobody who acts, and of texts only the public's own, without names and numbers. */
function toRequest(row: RequestRow, timeZone: string) {
  const state = row.master_state ?? row.state;
  const { class_scheme: scheme, class_code: code } = row;
  return {
    service_request_id: row.case_no,
    status: isOpenState(state) || state === 'merged' ? 'open' : 'closed',
    status_notes: `${stateNamesZh[row.state]} (${row.state.replaceAll('_', ' ')})`,
    service_name: row.class_name ?? code ?? '',
    service_code: scheme === null || code === null ? '' : toServiceCode({ scheme, code }),
    description:
      row.source === 'public' && row.description !== null ? hidePersonalData(row.description) : null,
    agency_responsible: row.unit_name,
    service_notice: null,
    requested_datetime: toZonedIso(row.created_at.getTime(), timeZone),
    updated_datetime: toIso(row.updated_at ?? row.created_at, timeZone),
    expected_datetime: toIso(row.deadline, timeZone),
    address: row.address === null ? null : hidePersonalData(row.address),
    address_id: null,
    zipcode: null,
    lat: row.lat,
    long: row.lon,
    media_url: null,
  };
}

function readSpan(query: RequestQuery, nowMs: number, timeZone: string): { fromMs: number; toMs: number } {
  const from = readDate('start_date', query.start_date, timeZone);
  const to = readDate('end_date', query.end_date, timeZone);
  if (from === null) {
    const toMs = to ?? nowMs;
    return { fromMs: toMs - longestSpanMs, toMs };
  }
  if (to !== null && to < from) throw refuse(400, 'end_date is before start_date');
  // The earliest ninety days of a longer span.
  return { fromMs: from, toMs: Math.min(to ?? Number.POSITIVE_INFINITY, from + longestSpanMs) };
}

/** W3C's profile of ISO 8601; a time without a zone, which clients send all the same, is the city's. A date alone is its midnight in UTC. */
function readDate(field: string, text: string | undefined, timeZone: string): number | null {
  if (text === undefined || text === '') return null;
  // A plus that was not escaped arrives as a space.
  const given = text.trim().replace(/ (?=\d{2}:\d{2}$)/, '+');
  const isForm = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.test(
    given,
  );
  const isLocal = /T[^Z+-]*$/.test(given);
  const ms = isLocal ? readLocal(given, timeZone) : Date.parse(given);
  if (!isForm || Number.isNaN(ms) || ms < 0)
    throw refuse(400, `${field} is not a date of the form 2020-12-03T09:10:00+08:00`);
  return ms;
}

/** By the offset that the city's clock has then. */
function readLocal(text: string, timeZone: string): number {
  const utcMs = Date.parse(`${text}Z`);
  return Number.isNaN(utcMs) ? utcMs : Date.parse(`${text}${toZonedIso(utcMs, timeZone).slice(-6)}`);
}

function toList(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  return words.length === 0 ? null : words;
}
