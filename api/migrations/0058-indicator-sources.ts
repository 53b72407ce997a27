import { type Kysely, sql } from 'kysely';

/** What the figures of machine and review are counted from: when cameras were there, whole packages, how long a review took. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table camera_state_change (
      camera_id text not null references camera (id),
      at timestamptz(3) not null,
      state text not null,
      primary key (camera_id, at)
    )`.execute(db);
  // What cameras did before is not known; from now on each change is.
  await sql`
    insert into camera_state_change (camera_id, at, state)
    select id, health_at, state from camera where state is not null and health_at is not null`.execute(db);
  const parts = [
    ...['first', 'middle', 'last'].map((moment) => ({ kind: 'original', moment })),
    ...['start', 'end'].map((moment) => ({ kind: 'clip', moment })),
  ];
  await sql`
    alter table evidence add column is_complete boolean
      generated always as (coalesce(items, deleted_items) @> ${sql.lit(JSON.stringify(parts))}::jsonb) stored`.execute(
    db,
  );
  await sql`alter table candidate add column lease_at timestamptz(3)`.execute(db);
  await sql`alter table review add column spent_ms integer`.execute(db);
  await sql`create index candidate_raised on candidate (raised_at) include (state, camera_id, offence) where blind_of is null`.execute(
    db,
  );
  await sql`create index review_effective on review (effective_at) where settled_at is not null and undone_at is null`.execute(
    db,
  );
}
