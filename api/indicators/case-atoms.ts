import { type RawBuilder, sql } from 'kysely';
import type { CountName } from '../../domain/mod.ts';

/**
 * What figures of cases are told apart by. `person` is whoever took the step that is counted; of omissions and of the filings that they are
 * a share of, each collector who answers for the case's grid.
 */
export const dimensions = ['all', 'unit', 'grid', 'person', 'class', 'camera', 'source'] as const;
export type Dimension = (typeof dimensions)[number];

/** The key of an atom, and since when the same case has counted under it. */
export const atomKeys: Readonly<
  Record<Dimension, { key: RawBuilder<string | null>; since: RawBuilder<unknown> }>
> = {
  all: { key: sql`'all'::text`, since: sql`since` },
  unit: { key: sql`unit`, since: sql`since_unit` },
  grid: { key: sql`grid`, since: sql`since` },
  person: { key: sql`person`, since: sql`since_person` },
  class: { key: sql`class`, since: sql`since` },
  camera: { key: sql`camera`, since: sql`since` },
  source: { key: sql`source`, since: sql`since` },
};

/** Whether an atom counts by this dimension: what weighs on people other than who did it is one by person and another by all else. */
export function isOf(dimension: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`(is_personal is null or is_personal = (${dimension} = 'person'))`;
}

/** Names of a step that its action alone gives. */
const ofAction: Readonly<Record<string, readonly CountName[]>> = {
  refuse: ['notAccepted'],
  approve_self_disposal: ['selfDisposed', 'handled'],
  accept: ['accepted'],
  decline: ['notFiled'],
  extend: ['extended'],
  check_fail: ['reworked'],
  urge: ['urged'],
};

/** Stages with a limit of their own: what counts when one is left, what when it was left in time. */
const stages: readonly (readonly [
  state: string,
  leftBy: string | null,
  due: CountName,
  inTime: CountName,
])[] = [
  ['reported', 'verify_request', 'verifySends', 'verifySentOnTime'],
  ['registered', 'dispatch', 'dispatchDue', 'dispatchedOnTime'],
  ['verifying', null, 'verifyDue', 'verifiedOnTime'],
  ['disposed', null, 'checkSendDue', 'checkSentOnTime'],
  ['checking', null, 'checkDue', 'checkedOnTime'],
];

interface AtomsOf {
  /** Rows (case_no, records): which cases, and how many of their records are looked at (`null`: all). */
  readonly cases: RawBuilder<unknown>;
  /** Everything is counted as the records stood then; `null`: as they stand now. */
  readonly toMs: number | null;
}

/**
 * What each case adds to the figures, at what moment and under which keys: one row for each thing that counts, so that a period's
 * figures are the sum of its moments. `n` is 1, or milliseconds where times are summed. A row with a `since` repeats one of that
 * moment: of both only the first in a period counts. A row with a `member` counts how many different members there are. Which
 * dimensions a row counts by, `isOf` says.
 */
export function selectAtoms({ cases, toMs }: AtomsOf): RawBuilder<unknown> {
  const to = toMs === null ? sql`'infinity'::timestamptz` : sql`${new Date(toMs)}::timestamptz`;
  return sql`
    chosen as materialized (select * from (${cases}) given order by case_no),
    file as materialized (
      select c.case_no, chosen.records, c.created_at, c.source, c.grid_id as grid, c.class_scheme || ' ' || c.class_code as class,
        c.camera_id as camera, c.stage_deadline, c.omission, k.raised_at
      from chosen join case_file c using (case_no) left join candidate k on k.id = c.candidate_id
    ),
    -- In order and with all that is asked of its case, so that what follows neither sorts nor joins it anew.
    flow as materialized (
      select f.case_no, f.seq, f.round, f.action, f.from_state, f.to_state, f.actor, f.role, f.unit_id, f.at, f.deadline, f.stage_deadline,
        file.source, file.omission, file.created_at, file.raised_at, file.stage_deadline as own_deadline,
        case when f.action = 'escalate' then f.details ->> 'percent' end as percent,
        case when f.action = 'judge_omission' then f.details ->> 'omitted' end as omitted,
        case when f.action = 'register' then f.details -> 'collectors' end as collectors,
        f.at < ${to} and (file.records is null or f.seq <= file.records) as is_past
      from file join flow_record f using (case_no) order by f.case_no, f.seq
    ),
    atom as (${selectSteps()} union all ${selectDispatches()} union all ${selectStays(to)} union all ${selectTasks()})`;
}

function selectSteps(): RawBuilder<unknown> {
  const simple = Object.entries(ofAction).map(
    ([action, names]) => sql`when ${sql.lit(action)} then ${sql.lit(`{${names.join(',')}}`)}::text[]`,
  );
  return sql`
    select case_no, at, null::timestamptz as since, null::timestamptz as since_unit, null::timestamptz as since_person,
      unit_id as unit, case when is_personal then collector else actor end as person, step.name, step.n, step.member, is_personal
    from (
      select flow.*,
        bool_or(action in ('accept', 'approve_self_disposal')) over whole as is_valid, bool_or(action = 'void') over whole as is_voided,
        -- Whoever judged last is right.
        max(seq * 2 + (omitted = 'true')::int) over whole % 2 = 1 as is_omission
      from flow where is_past window whole as (partition by case_no)
    ) past cross join lateral (
      select name, 1::bigint as n, '' as member, null::boolean as is_personal, null::text as collector from unnest(case action
        when 'report' then array['reports', case when role = 'collector' then 'collectorReports' end, case when is_valid then 'validReports' end]
        when 'register' then array['filed', 'filings', case when at <= stage_deadline then 'filedOnTime' end, case when is_voided then 'filedVoided' end,
          case when source = 'ai' then 'aiFilings' end]
        when 'escalate' then array[case when percent = '100' then 'escalated' end]
        ${sql.join(simple, sql` `)} end) name where name is not null
      union all
      -- A case counts once, but under each collector of its grid, or under nobody.
      select name, 1, '', is_personal, collector
      from unnest(array['answerableFilings', case when omission is not null then 'possibleOmissions' end, case when is_omission then 'omissions' end]) name
        cross join (
          select false as is_personal, null::text as collector
          union all
          select true, answerable from (select) one left join jsonb_array_elements_text(coalesce(collectors, '[]')) answerable on true
        ) answered
      where action = 'register' and name is not null
      union all
      select 'minutesToFiling', ${ms('at', 'created_at')}, '', null, null where action = 'register'
      union all
      select 'minutesFromCandidate', ${ms('at', 'raised_at')}, '', null, null where action = 'register' and source = 'ai' and raised_at is not null
      union all
      select 'collectorDays', 1, actor, null, null where action = 'report' and role = 'collector'
      union all
      select 'dispatchedUnits', 1, unit_id, null, null where action in ('dispatch', 'decide', 'reassign') and to_state = 'dispatched' and unit_id is not null
    ) step`;
}

/** A case counts once in a period, however often it was dispatched in it. */
function selectDispatches(): RawBuilder<unknown> {
  return sql`
    select case_no, at, since, since_unit, since_person, unit, person, name, 1::bigint, '', null::boolean from (
      select case_no, at, unit_id as unit, actor as person, action, had_one_unit,
        lag(at) over (partition by case_no order by seq) as since,
        lag(at) over (partition by case_no, unit_id order by seq) as since_unit,
        lag(at) over (partition by case_no, actor order by seq) as since_person
      from (
        select flow.*, min(unit_id) filter (where to_state = 'dispatched') over whole
          = max(unit_id) filter (where to_state = 'dispatched') over whole as had_one_unit
        from flow where is_past window whole as (partition by case_no)
      ) past where action in ('dispatch', 'decide') and to_state = 'dispatched'
    ) sent cross join lateral (select 'dispatched' as name union all select 'dispatchedRight' where had_one_unit) counted`;
}

/** Stays of cases in the states that have a limit: at their end, or at their limit where that has passed unfinished. */
function selectStays(to: RawBuilder<unknown>): RawBuilder<unknown> {
  const done = stages.map(
    ([state, leftBy, due, inTime]) =>
      sql`when state = ${sql.lit(state)} and ${leftBy === null ? sql`true` : sql`left_by = ${sql.lit(leftBy)}`}
        then array[${sql.lit(due)}, case when left_at <= due_at then ${sql.lit(inTime)} end]`,
  );
  const late = stages
    .slice(1)
    .map(([state, , due]) => sql`when state = ${sql.lit(state)} then array[${sql.lit(due)}]`);
  return sql`
    select case_no, case when is_left then left_at else due_at end, null::timestamptz, null::timestamptz, null::timestamptz,
      case when is_left then coalesce(left_unit, unit_id) else unit_id end,
      -- Until a stay is over its work is nobody's yet.
      case when is_left then left_actor end, name, 1::bigint, '', null::boolean
    from (
      select case_no, to_state as state, unit_id, is_past, lead(at) over way as left_at, lead(action) over way as left_by,
        lead(unit_id) over way as left_unit, lead(actor) over way as left_actor, coalesce(lead(is_past) over way, false) as is_left,
        case when lead(at) over way is null then own_deadline else lead(stage_deadline) over way end as due_at
      from flow where from_state is distinct from to_state window way as (partition by case_no order by seq)
    ) stay cross join lateral unnest(
      case when is_left then case ${sql.join(done, sql` `)} end else case ${sql.join(late, sql` `)} end end
    ) name
    where is_past and name is not null and (is_left or due_at < ${to})`;
}

/** What units had to do: one task for each round of a case, as its last record found it. */
function selectTasks(): RawBuilder<unknown> {
  return sql`
    select case_no, counted.at, null::timestamptz, null::timestamptz, null::timestamptz, unit, disposer,
      counted.name, counted.n, '', null::boolean
    from (
      select round.*, last.created_at as reported_at, last.deadline, last.to_state as state, last.unit_id as unit,
        (replied_at <= last.deadline or is_exempt) as is_in_time
      from (
        select case_no, round, max(seq) as last_seq,
          min(at) filter (where action in ('dispatch', 'decide', 'reopen') and to_state <> 'coordination') as dispatched_at,
          max(at) filter (where action = 'dispose') as replied_at,
          coalesce(max(seq) filter (where action = 'dispose'), 0)
            > coalesce(max(seq) filter (where action = 'check_fail'), 0) as is_replied,
          max(at) filter (where action = 'check_pass') as checked_at,
          max(at) filter (where action in ('close', 'force_close', 'close_with_master')) as closed_at,
          bool_or(action = 'grant_appeal') as is_exempt,
          (array_agg(actor order by seq desc) filter (where action = 'dispose'))[1] as disposer
        from flow where is_past group by case_no, round
      ) round
      join flow last on last.case_no = round.case_no and last.seq = round.last_seq
      where dispatched_at is not null
    ) task cross join lateral (
      select replied_at as at, name, 1::bigint as n from unnest(array['due', 'disposed', 'handled', 'replies',
        case when is_in_time then 'disposedOnTime' end]) name where is_replied and name is not null
      union all select replied_at, 'minutesToReply', ${ms('replied_at', 'reported_at')} where is_replied
      union all select replied_at, 'minutesOfDisposal', ${ms('replied_at', 'dispatched_at')} where is_replied
      union all select deadline, 'due', 1 where not is_replied and state in ('dispatched', 'in_disposal') and deadline is not null
      union all select checked_at, 'checks', 1 where is_replied and checked_at is not null
      union all select checked_at, 'minutesToCheck', ${ms('checked_at', 'replied_at')} where is_replied and checked_at is not null
      union all select closed_at, name, 1 from unnest(array['closed', 'closeDue', case when is_in_time then 'closedOnTime' end]) name
        where closed_at is not null and name is not null
      union all select deadline, name, 1 from unnest(array['closeDue', case when state = 'suspended' then 'suspended' end]) name
        where closed_at is null and deadline is not null and state not in ('voided', 'merged') and name is not null
    ) counted`;
}

/** Milliseconds from one time to another. */
function ms(to: string, from: string): RawBuilder<number> {
  return sql`(extract(epoch from ${sql.ref(to)} - ${sql.ref(from)}) * 1000)::bigint`;
}
