import { type Kysely, sql } from 'kysely';

/** Work hours by unit, limits of stages, and the timers of cases, which outlive every process. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Of a unit, or of everybody who has none of their own: 'default'.
  await sql`
    create table work_hours (
      owner text primary key,
      periods jsonb not null
    )`.execute(db);
  await sql`
    create table stage_limit (
      state text primary key,
      limit_value double precision not null check (limit_value > 0),
      limit_unit text not null
    )`.execute(db);
  await sql`
    alter table case_file
      add column clock_from timestamptz(3),
      add column stage_from timestamptz(3),
      add column stage_deadline timestamptz(3),
      add column suspended_at timestamptz(3),
      add column suspended_until timestamptz(3),
      add column escalated_percent smallint not null default 0`.execute(db);
  await sql`
    create table case_timer (
      case_no text not null references case_file (case_no),
      kind text not null check (kind in ('warn', 'overdue', 'escalate', 'resume')),
      due_at timestamptz(3) not null,
      primary key (case_no, kind)
    )`.execute(db);
  await sql`create index case_timer_due on case_timer (due_at)`.execute(db);
  // Cases under way from before: their clocks began at the last dispatch. Of their limits only the end is told.
  await sql`
    update case_file set stage_from = created_at, clock_from = (
      select max(at) from flow_record
      where flow_record.case_no = case_file.case_no and action = 'dispatch'
    )`.execute(db);
  await sql`
    insert into case_timer (case_no, kind, due_at)
    select case_no, 'overdue', deadline from case_file
    where deadline is not null and ended_at is null and disposed_at is null`.execute(db);
  // A hash of version 2 covers what these add; records from before keep theirs.
  await sql`
    alter table flow_record
      add column hash_version smallint not null default 1,
      add column round integer not null default 1,
      add column stage_deadline timestamptz(3),
      add column details jsonb not null default '{}'`.execute(db);
  await sql`create index flow_record_by_time on flow_record (at)`.execute(db);
}
