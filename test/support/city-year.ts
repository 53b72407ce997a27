import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { hashFlowRecord } from '../../api/cases/flow-record.ts';
import { offences, type Role, toOffenceClass } from '../../domain/mod.ts';
import { withoutIndexes } from './without-indexes.ts';

const areaCode = '330381';
const unitCount = 43;
const gridCount = 35;
const clientsPerPost = 20;
const otherClasses = ['02-01', '03-07', '04-12', '05-02'];

/** A city's year in a database, written by the server itself: what matters is how fast it is read and gone on with. */
interface FilledCity {
  /** Session tokens by post; an officer's by unit: `officer unit-07`. */
  readonly tokens: Readonly<Record<string, readonly string[]>>;
  readonly counts: { readonly cases: number; readonly flowRecords: number; readonly open: number };
}

/**
 * Fills a migrated, empty database: units, grids, cameras, people who are logged in, decided candidates, and cases over the
 * months before `nowMs` with the flow that brought each to its state. The chains of open cases are real, record by record.
 */
export async function fillCases(
  databaseUrl: string,
  options: {
    readonly cases: number;
    readonly months: number;
    readonly nowMs: number;
    readonly tell: (line: string) => void;
  },
): Promise<FilledCity> {
  const { cases, months, nowMs, tell } = options;
  const sql = new Client(databaseUrl);
  await sql.connect();
  const told = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    const from = performance.now();
    await work();
    tell(`${what}: ${Math.round((performance.now() - from) / 1000)} s`);
  };
  try {
    await sql.query(
      `set synchronous_commit = off; set maintenance_work_mem = '512MB'; set work_mem = '128MB'; set jit = off`,
    );
    await sql.query(`select setseed(0.4)`);
    await sql.query('alter table flow_record disable trigger flow_record_life');
    const tokens = await addPeople(sql, nowMs);
    await addPlaces(sql);
    await told('drew the cases', () => drawCases(sql, cases, months, nowMs));
    await withoutIndexes(
      sql,
      ['candidate', 'evidence', 'review', 'case_file', 'case_text', 'flow_record'],
      tell,
      async () => {
        await told('wrote candidates', () => writeCandidates(sql, cases));
        await told('wrote cases', () => writeCases(sql));
        await told('wrote the flow of ended cases', () => writeFlow(sql));
      },
    );
    await told('wrote the flow of open cases', () => writeOpenFlow(sql));
    await told('wrote the lives', () =>
      sql.query(
        `insert into case_life (case_no, created_at, last_at, is_ended, records)
         select case_no, at, times[done], ${isEnded.replaceAll('d.', '')}, done from drawn`,
      ),
    );
    await sql.query('alter table flow_record enable trigger flow_record_life');
    await told('analysed', async () => {
      await sql.query('drop table drawn');
      await sql.query('vacuum analyze');
    });
    const { rows } = await sql.query(`
      select (select count(*)::int from case_file) as cases, (select count(*)::int from flow_record) as "flowRecords",
        (select count(*)::int from case_file where ended_at is null) as open`);
    return { tokens, counts: rows[0] as FilledCity['counts'] };
  } finally {
    await sql.end();
  }
}

async function addPeople(sql: Client, nowMs: number): Promise<Record<string, string[]>> {
  await sql.query(
    `insert into unit (id, name, kind) select 'unit-' || lpad(n::text, 2, '0'), '处置单位 ' || n, 'squad'
     from generate_series(1, 66) n`,
  );
  const posts: readonly Role[] = [
    'reviewer',
    'intake_officer',
    'shift_leader',
    'dispatcher',
    'commander',
    'collector',
    'clerk',
  ];
  const people = [
    ...posts.flatMap((post) =>
      Array.from({ length: clientsPerPost }, (_, n) => ({
        key: post as string,
        post,
        unit: null as string | null,
        n,
      })),
    ),
    ...Array.from({ length: unitCount }, (_, n) => {
      const unit = `unit-${String(n + 1).padStart(2, '0')}`;
      return { key: `officer ${unit}`, post: 'officer' as const, unit, n };
    }),
  ];
  const tokens: Record<string, string[]> = {};
  for (const { key, post, unit, n } of people) {
    const token = randomBytes(32).toString('base64url');
    await sql.query(
      `with made as (insert into account (username, display_name, password_hash, roles, unit_id)
         values ($1, $1, 'none', array[$2], $3) returning id)
       insert into session (token_hash, account_id, created_at, used_at) select $4, id, $5, $5 from made`,
      [
        `bench-${post}-${n + 1}`,
        post,
        unit,
        createHash('sha256').update(token).digest('hex'),
        new Date(nowMs),
      ],
    );
    tokens[key] = [...(tokens[key] ?? []), token];
  }
  return tokens;
}

async function addPlaces(sql: Client): Promise<void> {
  await sql.query(
    `insert into grid (id, name, town, ring)
     select 'grid-' || lpad(n::text, 2, '0'), '责任网格 ' || n, '镇 ' || (n % 9),
       jsonb_build_array(jsonb_build_array(x, y), jsonb_build_array(x + 0.01, y), jsonb_build_array(x + 0.01, y + 0.01), jsonb_build_array(x, y + 0.01))
     from (select n, 120.6 + 0.01 * (n % 7) as x, 27.7 + 0.01 * (n / 7) as y from generate_series(1, ${gridCount}) n) place`,
  );
  await sql.query(
    `insert into camera (id, name, state) select 'cam-' || lpad(n::text, 2, '0'), '摄像机 ' || n, 'live' from generate_series(1, 80) n`,
  );
  await sql.query(
    `insert into case_class (scheme, code, kind, major, name)
     select 'gbt30428.2-2013', code, 'event', substr(code, 1, 2), '小类 ' || code from unnest($1::text[]) code`,
    [otherClasses],
  );
}

/** What each case will be: its way, when each step was taken, where, what. One row for each, in the order of time. */
async function drawCases(sql: Client, cases: number, months: number, nowMs: number): Promise<void> {
  const classes = offences.map((offence) => ({ ...toOffenceClass(offence), offence }));
  const now = new Date(nowMs);
  await sql.query(
    `create unlogged table drawn as
     with dice as (
       select n, random() as way, random() as r1, random() as r2, random() as r3, random() as r4, random() as r5, random() as r6,
         $1::timestamptz - (($2 - n) * ($3 * interval '30.4 days') / $2) as at
       from generate_series(1, $2::int) n
     ), told as (
       select *, r1 < 0.3 as is_ai,
         case when way < 0.45 then array['report','accept','register','dispatch','receive','dispose','send_check','check_pass','close']
           when way < 0.455 then array['report','accept','register','dispatch','receive','dispose','send_check','check_fail','dispose','send_check','check_pass','close']
           when way < 0.457 then array['report','accept','register','dispatch','return','dispatch','receive','dispose','send_check','check_pass','close']
           when way < 0.487 and r1 >= 0.3 then array['report','self_dispose','approve_self_disposal']
           when way < 0.6 then array['report','verify_request','verify_done','refuse']
           when way < 0.63 then array['report','accept','decline']
           else array['report','refuse'] end as actions
       from dice
     ), timed as (
       select *, (
         select array_agg(at + gap order by i) from (
           select i, sum(case action
             when 'report' then 0
             when 'accept' then 2 + r2 * 16
             when 'refuse' then 2 + r2 * 16
             when 'register' then 1 + r3 * 16
             when 'receive' then 3 + r4 * 40
             -- Within four days, a twentieth long after the limit.
             when 'dispose' then 20 + r5 * 5500 + case when r6 < 0.05 then 9000 * r6 * 20 else 0 end
             when 'check_pass' then 8 + r6 * 40
             when 'verify_done' then 5 + r5 * 40
             else 1 + r4 * 14 end) over (order by i) * interval '1 minute' as gap
           from unnest(actions) with ordinality step (action, i)) gaps) as times
       from told
     )
     select timed.*, known.*, done,
       $4 || to_char(at at time zone 'Asia/Shanghai', 'YYYYMMDD')
         || lpad(row_number() over (partition by (at at time zone 'Asia/Shanghai')::date order by n)::text, 5, '0') as case_no,
       case when is_ai then 'ai' when r2 < 0.85 then 'collector' else 'public' end as source,
       'unit-' || lpad((1 + floor(r5 * r5 * ${unitCount}))::text, 2, '0') as unit_id,
       'grid-' || lpad((1 + floor(r6 * ${gridCount}))::text, 2, '0') as grid_id,
       case when is_ai then 'cam-' || lpad((1 + floor(r4 * 80))::text, 2, '0') end as camera_id,
       case when is_ai then 'bench' || lpad(n::text, 21, '0') end as candidate_id
     from timed
       cross join lateral (select count(*)::int as done from unnest(times) t where t <= $1) reached
       join lateral (select ($5::jsonb) -> (floor(case when is_ai then r3 * 8 else r3 * 12 end)::int) as class) known on true`,
    [
      now,
      cases,
      months,
      areaCode,
      JSON.stringify([
        ...classes,
        ...otherClasses.map((code) => ({ scheme: 'gbt30428.2-2013', code, offence: null })),
      ]),
    ],
  );
}

/** Every tenth of them waits, the others are decided; those of the cases are confirmed. */
async function writeCandidates(sql: Client, cases: number): Promise<void> {
  const columns = `(id, camera_id, offence, zone, state, version, urgency, from_at, raised_at, dwell_ms, mean_score, facts, facts_at, facts_rank, queued_at, limit_at)`;
  const facts = `jsonb_build_object('id', id, 'class', 'car', 'suppressed', null)`;
  await sql.query(
    `insert into candidate ${columns}
     select id, camera_id, offence, 'pavement', 'confirmed', 4, n % 4, at - interval '20 min', at - interval '15 min', 360000, 0.5 + r6 / 2,
       ${facts}, at, 2, at - interval '14 min', null
     from (select candidate_id as id, camera_id, class ->> 'offence' as offence, n, at, r6 from drawn where is_ai) made`,
  );
  // The rest of as many candidates as cases: rejected and cleared ones, and a queue of five thousand.
  await sql.query(
    `insert into candidate ${columns}
     select id, 'cam-' || lpad((1 + n % 80)::text, 2, '0'), ($1::text[])[1 + n % 8], 'pavement',
       case when n <= 5000 then 'pending_review' when n % 10 = 0 then 'cleared' else 'rejected' end, 3, n % 4, at, at, 360000, 0.5 + (n % 50) / 100.0,
       ${facts}, at, 2, at, case when n <= 5000 then now() + interval '1 day' end
     from (select 'other' || lpad(n::text, 21, '0') as id, n,
         now() - case when n <= 5000 then n * interval '1 second' else random() * interval '330 days' end as at
       from generate_series(1, $2::int) n) made`,
    [[...offences], Math.round(cases * 0.7)],
  );
  await sql.query(
    `insert into evidence (candidate_id, manifest_hash, key_id, items, sealed_at)
     select id, encode(sha256(id::bytea), 'hex'), '0123456789abcdef',
       '[{"kind":"masked","path":"masked/last.jpg","ptsMs":360000,"moment":"last","mediaType":"image/jpeg","bytes":1,"sha256":"","capturedAtMs":0,"width":1920,"height":1080}]'::jsonb, now()
     from candidate where state in ('confirmed', 'pending_review')`,
  );
  await sql.query(
    `insert into review (candidate_id, reviewer_id, reviewer, result, reason, manifest_hash, facts, at, effective_at, settled_at, needs_example,
       camera_id, offence, is_blind)
     select c.id, a.id, a.username, case c.state when 'confirmed' then 'confirmed' when 'cleared' then 'reminded' else 'rejected' end,
       case when c.state = 'rejected' then 'permitted' end, 'none', '{}', c.raised_at + interval '5 min', c.raised_at + interval '5 min', c.raised_at + interval '5 min', false,
       c.camera_id, c.offence, false
     from candidate c join account a on a.username = 'bench-reviewer-' || (1 + abs(hashtext(c.id)) % ${clientsPerPost})
     where c.state <> 'pending_review'`,
  );
}

const states = `case action when 'report' then 'reported' when 'verify_done' then 'reported' when 'verify_request' then 'verifying'
  when 'accept' then 'accepted' when 'refuse' then 'not_accepted' when 'decline' then 'not_registered' when 'register' then 'registered'
  when 'return' then 'registered' when 'dispatch' then 'dispatched' when 'receive' then 'in_disposal' when 'check_fail' then 'in_disposal'
  when 'dispose' then 'disposed' when 'send_check' then 'checking' when 'check_pass' then 'pending_close'
  when 'self_dispose' then 'self_disposed' else 'closed' end`;
/** Steps of the way that a case has gone, each with the one before. */
const listStepsOf = (which: string): string => `
  select d.*, i::int as seq, action, step_at, ${states} as to_state, max(step_at) filter (where action = 'dispatch') over way as dispatched_at
  from drawn d, unnest(d.actions, d.times) with ordinality step (action, step_at, i) where i <= d.done and ${which}
  window way as (partition by d.n order by i)`;
const ended = `('closed', 'not_accepted', 'not_registered')`;

async function writeCases(sql: Client): Promise<void> {
  await sql.query(
    `insert into case_file (case_no, source, candidate_id, state, level, version, offence, class_scheme, class_code, camera_id, zone,
       address, description, reporter, lon, lat, grid_id, unit_id, standard_id, limit_value, limit_unit, created_at, deadline, clock_from,
       first_dispatched_at, stage_from, stage_deadline, disposed_at, ended_at, close_type, escalated_percent)
     select case_no, source, candidate_id, state, 'normal', done, class ->> 'offence', class ->> 'scheme', class ->> 'code', camera_id,
       case when is_ai then 'pavement' end, '安阳路 ' || n % 997 || ' 号', case n % 5 when 0 then '路边摆摊占道' when 1 then '垃圾堆放未清' when 2 then '车辆停在人行道' end,
       null, 120.6 + r5 / 20, 27.7 + r6 / 20, grid_id, case when sent then unit_id end,
       case when filed then standard.id end, case when filed then 4 end, case when filed then 'work_day' end, at,
       dispatched_at + interval '4 days', dispatched_at, dispatched_at, last_at, last_at + interval '15 minutes', disposed_at,
       case when state in ${ended} then last_at end, case when state = 'closed' then 'normal' end, 0
     from (
       select *, (select ${states} from (select actions[done] as action) last) as state, times[done] as last_at,
         'register' = any(actions[:done]) as filed, 'dispatch' = any(actions[:done]) as sent,
         times[array_position(actions[:done], 'dispatch')] as dispatched_at,
         case when actions[done] not in ('check_fail', 'return') then times[array_position(actions[:done], 'dispose')] end as disposed_at
       from drawn) d
     left join standard on standard.class_scheme = class ->> 'scheme' and standard.class_code = class ->> 'code'
       and standard.level = 'normal' and standard.is_default`,
  );
  await sql.query(
    `insert into case_text (case_no, body) select case_no, search_text(concat_ws(' / ', address, description)) from case_file`,
  );
  await sql.query(
    `insert into case_serial (day, last) select left(case_no, 14), max(right(case_no, 5)::int) from case_file group by 1`,
  );
  await sql.query(
    `insert into case_timer (case_no, kind, due_at)
     select case_no, 'overdue', deadline from case_file where state in ('dispatched', 'in_disposal') and deadline > now()`,
  );
}

const flowColumns =
  'case_no, seq, from_state, to_state, action, actor, role, unit_id, at, deadline, overdue, stage_deadline, details';
const flowValues = `
  case_no, seq, lag(to_state) over (partition by n order by seq) as from_state, to_state, action,
  case when action = 'report' and is_ai then 'ai' else 'bench-' || role || '-' || (1 + (n % ${clientsPerPost})) end as actor,
  case when action = 'report' and is_ai then null else role end as role,
  case when dispatched_at is not null then unit_id end as unit_id, step_at as at,
  dispatched_at + interval '4 days' as deadline, coalesce(step_at > dispatched_at + interval '4 days', false) as overdue,
  case when seq > 1 then lag(step_at) over (partition by n order by seq) + interval '15 minutes' end as stage_deadline,
  case when action = 'register' then jsonb_build_object('collectors', jsonb_build_array('bench-collector-' || (1 + (n % ${clientsPerPost})))) else '{}' end as details`;
const isEnded = `d.actions[d.done] in ('close', 'refuse', 'decline', 'approve_self_disposal')`;
const withRole = (
  which: string,
): string => `(select *, case when action in ('accept', 'verify_request', 'refuse', 'send_check', 'approve_self_disposal') then 'intake_officer'
  when action in ('register', 'decline', 'close') then 'shift_leader' when action in ('dispatch', 'return') then 'dispatcher'
  when action in ('receive', 'dispose') then 'officer' else 'collector' end as role from (${listStepsOf(which)}) s) r`;

/** The records of ended cases. Their hashes are made up: nobody goes on from them. */
async function writeFlow(sql: Client): Promise<void> {
  await sql.query(
    `insert into flow_record (${flowColumns}, attachments, prev_hash, hash, hash_version)
     select ${flowColumns}, '[]'::jsonb, lag(hash) over (partition by case_no order by seq), hash, 2
     from (select v.*, encode(sha256((case_no || seq)::bytea), 'hex') as hash from (select ${flowValues} from ${withRole(isEnded)}) v) h`,
  );
}

/** The records of open cases, chained as the program chains them: the next step continues them. */
async function writeOpenFlow(sql: Client): Promise<void> {
  const { rows } = await sql.query(
    `select ${flowValues} from ${withRole(`not (${isEnded})`)} order by n, seq`,
  );
  let prevHash: string | null = null;
  const records = rows.map((row) => {
    const record = {
      ...row,
      opinion: null,
      attachments: [],
      round: 1,
      prev_hash: row.seq === 1 ? null : prevHash,
      hash_version: 2,
    };
    prevHash = hashFlowRecord(record);
    return { ...record, hash: prevHash };
  });
  for (let from = 0; from < records.length; from += 5000)
    await sql.query(
      `insert into flow_record select * from jsonb_populate_recordset(null::flow_record, $1::jsonb)`,
      [JSON.stringify(records.slice(from, from + 5000))],
    );
}

/** The console adds ended cases to the indicators by itself; a database that has just been filled has all of them to add. */
export async function waitForTallies(url: string): Promise<void> {
  const sql = new Client(url);
  await sql.connect();
  try {
    for (let waiting = 1; waiting > 0; ) {
      await delay(1000);
      const { rows } = await sql.query<{ waiting: number }>(
        `select count(*)::int as waiting from case_life where tallied is null and is_ended and last_at < now() - interval '1 hour'`,
      );
      waiting = rows[0]?.waiting ?? 0;
    }
    await sql.query('vacuum analyze case_life, indicator_tally');
    await sql.query('checkpoint'); // what filling has written is on the disk before anything is measured
  } finally {
    await sql.end();
  }
}
