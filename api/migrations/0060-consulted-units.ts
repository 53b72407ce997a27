import { type Kysely, sql } from 'kysely';

/** Units that take part in the coordination of a case see it while it lasts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table case_file
      add column consulted_unit_ids text[] not null default '{}',
      add check (consulted_unit_ids = '{}' or state = 'coordination')`.execute(db);
  // Few cases are in coordination at any time: what no unit takes part in is in no index.
  await sql`create index case_file_consulted on case_file using gin (consulted_unit_ids)
    where consulted_unit_ids <> '{}'`.execute(db);
}
