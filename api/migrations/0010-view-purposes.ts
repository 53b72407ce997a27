import { type Kysely, sql } from 'kysely';

/** Why somebody looks at a package that is not on the own desk: said once, held for the session and a shift at most. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table view_purpose (
      session_hash text not null references session (token_hash) on delete cascade,
      manifest_hash text not null,
      purpose text not null check (purpose <> ''),
      until timestamptz(3) not null,
      primary key (session_hash, manifest_hash)
    )`.execute(db);
}
