import { sql } from 'kysely';
import type { Database } from '../database/tables.ts';
import type { NumberedEvent } from './live-event.ts';

/** Whoever has missed more reads everything anew, which is less. */
const maxMissed = 2000;
const keptEvents = 50_000;
const keptFor = sql`interval '6 hours'`;

/** The number of the newest event that has been told. */
export async function readPosition(db: Database): Promise<number> {
  const { last_id: last } = await db.selectFrom('live_position').select('last_id').executeTakeFirstOrThrow();
  return last;
}

/** Everything after an event, in order; `null` when not all of it is kept any more, or there never was such an event. */
export async function readMissed(db: Database, afterId: number): Promise<NumberedEvent[] | null> {
  // One statement: events and position are of one moment.
  const { rows } = await sql<{ last: number; first: number | null; events: NumberedEvent[] | null }>`
    select last_id as last, (select min(id) from live_event) as first,
      (select json_agg(json_build_object('id', id, 'event', event, 'data', data, 'places', places, 'hiddenFrom', hidden_from) order by id)
       from (select * from live_event where id > ${afterId} order by id limit ${maxMissed + 1}) missed) as events
    from live_position`.execute(db);
  const { last, first, events } = rows[0] ?? { last: 0, first: null, events: null };
  if (afterId === last) return [];
  if (afterId > last || first === null || first > afterId + 1) return null;
  return events === null || events.length > maxMissed ? null : events;
}

/** Forgets what is old, by the database's own clock. Resolves to how many. */
export async function forgetEvents(db: Database): Promise<number> {
  const { rows } = await sql`
    delete from live_event where id <= (select last_id from live_position) - ${keptEvents}
      or at < clock_timestamp() - ${keptFor} returning 1`.execute(db);
  return rows.length;
}
