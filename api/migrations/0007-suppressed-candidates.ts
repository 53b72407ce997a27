import { type Kysely, sql } from 'kysely';

/** Why the rules hold a candidate instead of raising it: looked for and counted by. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table candidate add column suppressed_reason text`.execute(db);
  await sql`create index candidate_suppressed on candidate (suppressed_reason) where state = 'suppressed'`.execute(
    db,
  );
}
