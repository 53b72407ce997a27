import { type RawBuilder, sql } from 'kysely';
import type { CountName } from '../../domain/mod.ts';
import type { Database } from '../database/tables.ts';
import { selectCandidates } from './count-candidates.ts';

/** What figures are told apart by. `person` is whoever took the step that is counted. */
export const dimensions = ['all', 'unit', 'grid', 'person', 'class', 'camera', 'source'] as const;
export type Dimension = (typeof dimensions)[number];

export interface Counted {
  /** `null` where the dimension does not apply: a case without a grid, a step before dispatch without a unit. */
  readonly key: string | null;
  readonly name: CountName;
  readonly count: number;
}

export interface CountQuery {
  readonly fromMs: number;
  /** Not part of the period. Nothing that happened later is looked at. */
  readonly toMs: number;
  readonly by: Dimension;
  /** Only this key, if any: what somebody sees who may see only their own. */
  readonly only: string | null;
  readonly timeZone: string;
}

/** The key of a record: `f` is the record, `c` its case. */
const keys: Readonly<Record<Dimension, RawBuilder<string | null>>> = {
  all: sql`'all'::text`,
  unit: sql`f.unit_id`,
  grid: sql`c.grid_id`,
  person: sql`f.actor`,
  class: sql`c.class_scheme || ' ' || c.class_code`,
  camera: sql`c.camera_id`,
  source: sql`c.source`,
};

/**
 * Counts the flow records of a period. Everything is read from the records as they stood at its end: the same period gives
 * the same figures whenever it is asked for.
 */
export async function countEvents(db: Database, query: CountQuery): Promise<Counted[]> {
  const counted: Counted[] = [];
  // One picture of the flow for all readings.
  await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      // No compiling of a query that runs once, and room to sort a year in memory.
      await sql`set local jit = off`.execute(trx);
      await sql`set local work_mem = '64MB'`.execute(trx);
      await sql`set local statement_timeout = '15s'`.execute(trx);
      for (const select of [
        selectSteps(query),
        selectStays(query),
        selectTasks(query),
        selectCandidates(query),
      ]) {
        const { rows } = await sql<{ key: string | null; counts: Record<string, number> }>`${select}`.execute(
          trx,
        );
        for (const { key, counts } of rows)
          for (const [name, count] of Object.entries(counts))
            if (query.only === null || key === query.only)
              counted.push({ key, name: name as CountName, count });
      }
    });
  return counted;
}

export function isIn(column: string, { fromMs, toMs }: CountQuery): RawBuilder<boolean> {
  return sql`(${sql.ref(column)} >= ${new Date(fromMs)} and ${sql.ref(column)} < ${new Date(toMs)})`;
}

/** What was done in the period, step by step, and what became of the reports that were made in it. */
function selectSteps(query: CountQuery): RawBuilder<unknown> {
  return sql`
    with past as (
      select f.case_no, f.action, f.to_state, f.actor, f.role, f.unit_id, f.at, f.stage_deadline, f.details,
        c.source, c.created_at, k.raised_at, ${keys[query.by]} as key
      from flow_record f join case_file c on c.case_no = f.case_no
        left join candidate k on k.id = c.candidate_id where f.at < ${new Date(query.toMs)}
    ),
    whole as (
      select case_no, min(at) filter (where action = 'report') as reported_at,
        min(key) filter (where action = 'report') as key,
        bool_or(action in ('accept', 'approve_self_disposal')) as is_valid,
        min(unit_id) filter (where to_state = 'dispatched') = max(unit_id) filter (where to_state = 'dispatched')
          as had_one_unit,
        bool_or(action = 'void') as is_voided
      from past group by case_no
    )
    select past.key, jsonb_build_object(
      'reports', ${many("action = 'report'")},
      'collectorReports', ${many("action = 'report' and role = 'collector'")},
      'collectorDays', count(distinct (actor, (at at time zone ${query.timeZone})::date))
        filter (where action = 'report' and role = 'collector'),
      'notAccepted', ${many("action = 'refuse'")},
      'selfDisposed', ${many("action = 'approve_self_disposal'")},
      'handled', ${many("action = 'approve_self_disposal'")},
      'accepted', ${many("action = 'accept'")},
      'filed', ${many("action = 'register'")},
      'filings', ${many("action = 'register'")},
      'filedOnTime', ${many("action = 'register' and at <= stage_deadline")},
      'filedVoided', ${many("action = 'register' and is_voided")},
      'omissions', ${many("action = 'register' and source = 'public'")},
      'minutesToFiling', ${minutes('at', 'created_at', "action = 'register'")},
      'aiFilings', ${many("action = 'register' and source = 'ai'")},
      'minutesFromCandidate', ${minutes('at', 'raised_at', "action = 'register' and source = 'ai'")},
      'notFiled', ${many("action = 'decline'")},
      'extended', ${many("action = 'extend'")},
      'reworked', ${many("action = 'check_fail'")},
      'urged', ${many("action = 'urge'")},
      'escalated', ${many("action = 'escalate' and details ->> 'percent' = '100'")},
      'dispatched', count(distinct case_no)
        filter (where action in ('dispatch', 'decide') and to_state = 'dispatched'),
      'dispatchedRight', count(distinct case_no)
        filter (where action in ('dispatch', 'decide') and to_state = 'dispatched' and had_one_unit),
      'dispatchedUnits', count(distinct unit_id)
        filter (where action in ('dispatch', 'decide', 'reassign') and to_state = 'dispatched')
    ) as counts
    from past join whole using (case_no) where ${isIn('at', query)} group by past.key
    union all
    select key, jsonb_build_object('validReports', count(*)) from whole
    where is_valid and ${isIn('reported_at', query)} group by key`;
}

/** Stays of cases in the states that have a limit of their own: those that ended in the period, and those whose limit did. */
function selectStays(query: CountQuery): RawBuilder<unknown> {
  const to = new Date(query.toMs);
  return sql`
    with move as (
      select f.to_state as state, f.at as entered_at, ${keys[query.by]} as key,
        lead(f.at) over way as left_at, lead(f.action) over way as left_by, lead(${keys[query.by]}) over way as left_key,
        case when lead(f.at) over way is null then c.stage_deadline else lead(f.stage_deadline) over way end as due_at
      from flow_record f join case_file c on c.case_no = f.case_no
      where f.from_state is distinct from f.to_state
      window way as (partition by f.case_no order by f.seq)
    ),
    stay as (
      select state, left_by, due_at, left_at,
        -- Until a stay is over its work is nobody's yet.
        ${query.by === 'person' ? sql`case when left_at < ${to} then left_key end` : sql`coalesce(left_key, key)`} as key,
        left_at < ${to} and left_at >= ${new Date(query.fromMs)} as is_done,
        entered_at < ${to} and (left_at is null or left_at >= ${to}) and ${isIn('due_at', query)} as is_late
      from move where state in ('reported', 'registered', 'verifying', 'disposed', 'checking')
    )
    select key, jsonb_build_object(
      'verifySends', ${many("state = 'reported' and is_done and left_by = 'verify_request'")},
      'verifySentOnTime', ${many("state = 'reported' and is_done and left_by = 'verify_request' and left_at <= due_at")},
      'dispatchDue', ${many("state = 'registered' and ((is_done and left_by = 'dispatch') or is_late)")},
      'dispatchedOnTime', ${many("state = 'registered' and is_done and left_by = 'dispatch' and left_at <= due_at")},
      'verifyDue', ${many("state = 'verifying' and (is_done or is_late)")},
      'verifiedOnTime', ${many("state = 'verifying' and is_done and left_at <= due_at")},
      'checkSendDue', ${many("state = 'disposed' and (is_done or is_late)")},
      'checkSentOnTime', ${many("state = 'disposed' and is_done and left_at <= due_at")},
      'checkDue', ${many("state = 'checking' and (is_done or is_late)")},
      'checkedOnTime', ${many("state = 'checking' and is_done and left_at <= due_at")}
    ) as counts
    from stay where is_done or is_late group by key`;
}

/** What units had to do: one task for each round of a case, as the period's end found it. */
function selectTasks(query: CountQuery): RawBuilder<unknown> {
  const isByPerson = query.by === 'person';
  return sql`
    with past as (
      select f.case_no, f.seq, f.round, f.action, f.to_state, f.actor, f.at, f.deadline, c.created_at,
        ${keys[query.by]} as key
      from flow_record f join case_file c on c.case_no = f.case_no where f.at < ${new Date(query.toMs)}
    ),
    round as (
      select case_no, round, max(seq) as last_seq, min(created_at) as reported_at,
        min(at) filter (where action in ('dispatch', 'decide', 'reopen') and to_state <> 'coordination') as dispatched_at,
        max(at) filter (where action = 'dispose') as replied_at,
        coalesce(max(seq) filter (where action = 'dispose'), 0)
          > coalesce(max(seq) filter (where action = 'check_fail'), 0) as is_replied,
        max(at) filter (where action = 'check_pass') as checked_at,
        max(at) filter (where action in ('close', 'force_close', 'close_with_master')) as closed_at,
        bool_or(action = 'grant_appeal') as is_exempt,
        ${isByPerson ? sql`(array_agg(actor order by seq desc) filter (where action = 'dispose'))[1]` : sql`null::text`} as disposer
      from past group by case_no, round
    ),
    task as (
      select round.*, past.deadline, past.to_state as state, ${isByPerson ? sql`round.disposer` : sql`past.key`} as key
      from round join past on past.case_no = round.case_no and past.seq = round.last_seq
      where dispatched_at is not null
    ),
    owed as (
      select task.*,
        is_replied and ${isIn('replied_at', query)} as is_disposed,
        not is_replied and state in ('dispatched', 'in_disposal') and ${isIn('deadline', query)} as is_owed,
        is_replied and ${isIn('checked_at', query)} as is_checked,
        (replied_at <= deadline or is_exempt) as is_in_time,
        ${isIn('closed_at', query)} as is_closed,
        closed_at is null and ${isIn('deadline', query)} and state not in ('voided', 'merged') as is_unclosed
      from task
    )
    select key, jsonb_build_object(
      'due', ${many('is_disposed or is_owed')},
      'disposed', ${many('is_disposed')},
      'disposedOnTime', ${many('is_disposed and is_in_time')},
      'handled', ${many('is_disposed')},
      'replies', ${many('is_disposed')},
      'minutesToReply', ${minutes('replied_at', 'reported_at', 'is_disposed')},
      'minutesOfDisposal', ${minutes('replied_at', 'dispatched_at', 'is_disposed')},
      'checks', ${many('is_checked')},
      'minutesToCheck', ${minutes('checked_at', 'replied_at', 'is_checked')},
      'closed', ${many('is_closed')},
      'closedOnTime', ${many('is_closed and is_in_time')},
      'closeDue', ${many('is_closed or is_unclosed')},
      'suspended', ${many("is_unclosed and state = 'suspended'")}
    ) as counts
    from owed group by key`;
}

/** How many rows of a group; the conditions are this file's own words, never a caller's. */
export function many(condition: string): RawBuilder<number> {
  return sql`count(*) filter (where ${sql.raw(condition)})`;
}

/** Minutes from one time to another, summed. */
function minutes(to: string, from: string, condition: string): RawBuilder<number> {
  return sql`coalesce(sum(extract(epoch from ${sql.ref(to)} - ${sql.ref(from)}) / 60)
    filter (where ${sql.raw(condition)}), 0)::float8`;
}
