import { type Kysely, sql } from 'kysely';

/** Third-party cameras and platforms that have registered to send alarms (GA/T 1400). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table alarm_device (
      device_id text primary key,
      integration_id text not null references integration (id) on delete cascade,
      ip text not null,
      registered_at timestamptz(3) not null,
      seen_at timestamptz(3) not null
    )`.execute(db);
}
