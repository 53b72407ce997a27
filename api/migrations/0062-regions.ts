import { type Kysely, sql } from 'kysely';

/** Where the city's system holds and where it does not. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table region (
      id text primary key,
      name text not null,
      kind text not null check (kind in ('covered', 'excluded')),
      ring jsonb not null,
      phase text,
      from_date text,
      reason text,
      refer_to text
    )`.execute(db);
  await sql`alter table case_file add column outside_coverage boolean not null default false`.execute(db);
}
