import { type Kysely, sql } from 'kysely';

/** Who acted in which post, for which unit and why, each in a column of its own that the auditor can filter by. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table audit_log
      add column posts text[],
      add column unit_id text,
      add column reason text`.execute(db);
  await sql`create index audit_log_by_time on audit_log (at, seq)`.execute(db);
  await sql`create index audit_log_by_actor on audit_log (actor, seq)`.execute(db);
}
