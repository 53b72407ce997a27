import { type Kysely, sql } from 'kysely';

/** Public reports that nobody had before, until intake says whether a collector should have. Only confirmed ones count from now on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table case_file add column omission text check (omission in ('possible', 'confirmed', 'dismissed'))`.execute(
    db,
  );
  // Of what is still on its way intake may say it; what has ended is history.
  await sql`update case_file set omission = 'possible' where source = 'public' and ended_at is null`.execute(
    db,
  );
  // The tallies know every public report as an omission: they are made anew.
  await sql`delete from indicator_tally`.execute(db);
  await sql`update case_life set tallied = null where tallied is not null`.execute(db);
}
