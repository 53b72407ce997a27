import { type Kysely, sql } from 'kysely';

/** The whole of a camera's newest health report, as it was published. The columns beside it stay for queries. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table camera add column health jsonb`.execute(db);
}
