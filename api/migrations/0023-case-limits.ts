import { type Kysely, sql } from 'kysely';

/** The limit that a case was filed under stays its own, whatever becomes of the standard. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table case_file add column limit_value double precision, add column limit_unit text`.execute(db);
  await sql`
    update case_file set limit_value = standard.limit_value, limit_unit = standard.limit_unit
    from standard where standard.id = case_file.standard_id`.execute(db);
}
