import { type Kysely, sql } from 'kysely';

/** Standards, the work calendar, cases with their number series, photos and the append-only flow record. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table standard (
      id text primary key,
      offence text not null,
      level text not null,
      condition text not null,
      limit_value double precision not null,
      limit_unit text not null,
      close_condition text not null,
      is_default boolean not null default false
    )`.execute(db);
  await sql`create unique index standard_default on standard (offence, level) where is_default`.execute(db);
  await sql`
    create table calendar_day (
      date text primary key check (date ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
      kind text not null check (kind in ('holiday', 'make_up')),
      name text not null
    )`.execute(db);
  await sql`create table case_serial (day text primary key, last integer not null)`.execute(db);
  await sql`
    create table case_file (
      case_no text primary key,
      candidate_id text not null unique references candidate (id),
      state text not null,
      level text not null,
      version integer not null,
      offence text not null,
      camera_id text not null,
      zone text not null,
      address text,
      unit_id text references unit (id),
      standard_id text references standard (id),
      created_at timestamptz(3) not null,
      deadline timestamptz(3),
      disposed_at timestamptz(3),
      ended_at timestamptz(3)
    )`.execute(db);
  await sql`create index case_file_newest on case_file (created_at desc, case_no desc)`.execute(db);
  await sql`create index case_file_by_state on case_file (state)`.execute(db);
  await sql`create index case_file_by_unit on case_file (unit_id)`.execute(db);
  await sql`
    create table photo (
      id uuid primary key default gen_random_uuid(),
      sha256 text not null,
      bytes integer not null,
      width integer not null,
      height integer not null,
      uploaded_by uuid not null references account (id),
      uploaded_at timestamptz(3) not null,
      case_no text references case_file (case_no)
    )`.execute(db);
  await sql`
    create table flow_record (
      case_no text not null references case_file (case_no),
      seq integer not null,
      from_state text,
      to_state text not null,
      action text not null,
      actor text not null,
      role text,
      unit_id text,
      at timestamptz(3) not null,
      deadline timestamptz(3),
      overdue boolean not null,
      opinion text,
      attachments jsonb not null,
      prev_hash text,
      hash text not null,
      primary key (case_no, seq)
    )`.execute(db);
  await sql`
    create trigger flow_record_append_only before update or delete or truncate on flow_record
    for each statement execute function refuse_change()`.execute(db);
}
