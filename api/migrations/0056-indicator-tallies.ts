import { type Kysely, sql } from 'kysely';

/**
 * The life of each case beside it, written with every record of its flow, and what ended cases have added to each day's figures.
 * `tallied` is how many of the case's records those figures know; the others are counted when somebody asks.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table case_life (
      case_no text not null,
      created_at timestamptz(3) not null,
      last_at timestamptz(3) not null,
      is_ended boolean not null,
      records integer not null,
      tallied integer
    )`.execute(db);
  await sql`
    insert into case_life (case_no, created_at, last_at, is_ended, records)
    select case_no, least(min(case_file.created_at), min(at)), max(at), bool_and(ended_at is not null), max(seq)
    from case_file join flow_record using (case_no) group by case_no`.execute(db);
  await sql`alter table case_life add primary key (case_no), add foreign key (case_no) references case_file (case_no)`.execute(
    db,
  );
  await sql`create index case_life_by_begin on case_life (created_at) include (last_at)`.execute(db);
  // Few live longer than a week: whoever lived at a moment is among those of the week before it, or among these.
  await sql`create index case_life_long on case_life (last_at) include (created_at)
    where last_at - created_at >= interval '168 hours'`.execute(db);
  await sql`create index case_life_untold on case_life (created_at) where tallied is distinct from records`.execute(
    db,
  );
  await sql`create index case_life_open on case_life (created_at) where not is_ended`.execute(db);
  await sql`
    create table indicator_tally (
      dimension text not null,
      day date not null,
      key text not null,
      name text not null,
      since_day date not null,
      member text not null,
      n bigint not null,
      primary key (dimension, day, key, name, since_day, member)
    )`.execute(db);
  await keepLives(db);
  // Days are those of one time zone.
  await sql`create table indicator_zone (time_zone text not null)`.execute(db);
}

/** Whoever writes records, the life of their cases goes with them. */
async function keepLives(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function keep_case_life() returns trigger language plpgsql as $$
    begin
      insert into case_life as life (case_no, created_at, last_at, is_ended, records)
      select added.case_no, least(min(added.at), min(case_file.created_at)), max(added.at),
        (array_agg(added.to_state order by added.seq desc))[1] in ('closed', 'not_accepted', 'not_registered', 'voided'), max(added.seq)
      from added join case_file using (case_no) group by added.case_no
      on conflict (case_no) do update set created_at = least(life.created_at, excluded.created_at),
        last_at = greatest(life.last_at, excluded.last_at), is_ended = excluded.is_ended, records = greatest(life.records, excluded.records);
      return null;
    end $$`.execute(db);
  await sql`
    create trigger flow_record_life after insert on flow_record referencing new table as added
    for each statement execute function keep_case_life()`.execute(db);
}
