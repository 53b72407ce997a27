import { type Kysely, sql } from 'kysely';

/**
 * The package of a blind repetition goes by a name of its own: by the manifest's hash, whoever had seen the first candidate would know it again.
 * `merged_into`: a candidate that shows what another one shows already.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table candidate
      add column blind_package text unique,
      add column merged_into text references candidate (id)`.execute(db);
  await sql`
    update candidate set blind_package = replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
    where blind_of is not null`.execute(db);
  await sql`create index candidate_merged on candidate (merged_into) where merged_into is not null`.execute(
    db,
  );
}
