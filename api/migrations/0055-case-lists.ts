import { type Kysely, sql } from 'kysely';

const open = sql.raw(
  ['reported', 'verifying', 'accepted', 'registered', 'dispatched', 'in_disposal', 'disposed', 'checking']
    .concat(['pending_close', 'coordination', 'suspended', 'self_disposed'])
    .map((state) => `'${state}'`)
    .join(', '),
);

/**
 * What pages of a million cases are read from. Each index carries the other columns that lists are filtered by, so that what does not fit is
 * passed over without being looked up; open cases, few at any time, have indexes of their own.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index case_file_by_state, case_file_by_unit, case_file_newest`.execute(db);
  await sql`create index case_file_newest on case_file (created_at desc, case_no desc)
    include (state, unit_id, grid_id, class_code)`.execute(db);
  await sql`create index case_file_by_state on case_file (state, created_at desc, case_no desc)
    include (unit_id, grid_id, class_code)`.execute(db);
  await sql`create index case_file_by_unit on case_file (unit_id, created_at desc, case_no desc)
    include (state, grid_id, class_code)`.execute(db);
  await sql`create index case_file_by_grid on case_file (grid_id, created_at desc, case_no desc)
    include (state, unit_id, class_code)`.execute(db);
  await sql`create index case_file_by_class on case_file (class_code, created_at desc, case_no desc)
    include (state, unit_id, grid_id)`.execute(db);
  await sql`create index case_file_open on case_file (created_at desc, case_no desc)
    include (state, unit_id, grid_id, class_code) where state in (${open})`.execute(db);
  await sql`create index case_file_open_due on case_file (coalesce(deadline, 'infinity'), case_no)
    include (state, unit_id, grid_id, class_code, created_at) where state in (${open})`.execute(db);
  await sql`create index case_file_running on case_file (deadline)
    where disposed_at is null and ended_at is null and suspended_at is null`.execute(db);
  // People give the last digits of a number.
  await sql`create index case_file_number_end on case_file (reverse(case_no) text_pattern_ops)`.execute(db);
  await addText(db);
}

/** Pairs of characters find a part of any text in any script; they are kept beside the cases, which are rewritten at each step. */
async function addText(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function search_text(value text) returns text language sql immutable parallel safe as $$
      select lower(regexp_replace(value, '\s+', '', 'g')) $$`.execute(db);
  await sql`
    create function character_pairs(value text) returns text[] language sql immutable parallel safe as $$
      select coalesce(array_agg(distinct substr(value, i, 2)), '{}') from generate_series(1, length(value) - 1) i $$`.execute(
    db,
  );
  await sql`
    create table case_text (
      case_no text not null,
      body text not null,
      pairs text[] not null generated always as (character_pairs(body)) stored
    )`.execute(db);
  await sql`
    insert into case_text (case_no, body)
    select case_no, search_text(concat_ws(' / ', address, description)) from case_file
    where address is not null or description is not null`.execute(db);
  // Keys come last: a million rows are then checked at once.
  await sql`alter table case_text add primary key (case_no), add foreign key (case_no) references case_file (case_no)`.execute(
    db,
  );
  await sql`create index case_text_pairs on case_text using gin (pairs)`.execute(db);
}
