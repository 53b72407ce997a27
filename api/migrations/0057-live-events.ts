import { type Kysely, sql } from 'kysely';

/**
 * What the pages are told, kept for a while so that whoever was away hears what was missed. A number is given when the transaction
 * around an event commits, under a lock that holds until it has: numbers have no gap, and none appears behind a later one.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table live_event (
      row_no bigint generated always as identity primary key,
      id bigint unique,
      at timestamptz not null default clock_timestamp(),
      event text not null,
      data json not null,
      places json not null,
      hidden_from uuid
    )`.execute(db);
  await sql`create table live_position (last_id bigint not null)`.execute(db);
  await sql`insert into live_position values (0)`.execute(db);
  await sql`
    create function number_live_event() returns trigger language plpgsql as $$
    declare
      number bigint;
    begin
      update live_position set last_id = last_id + 1 returning last_id into number;
      update live_event set id = number where row_no = new.row_no;
      perform pg_notify('xunjie_live', json_build_object('id', number, 'event', new.event, 'data', new.data,
        'places', new.places, 'hiddenFrom', new.hidden_from)::text);
      return null;
    end $$`.execute(db);
  await sql`
    create constraint trigger live_event_number after insert on live_event deferrable initially deferred
    for each row execute function number_live_event()`.execute(db);
}
