import { type Kysely, sql } from 'kysely';

/** When a case that was handed over is asked after next, and how long is waited after that, where nothing has happened. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table enforcement_file
      add column poll_at timestamptz(3),
      add column poll_wait_ms bigint check (poll_wait_ms > 0)`.execute(db);
}
