import { type Kysely, sql } from 'kysely';

/** Candidates, their evidence and the review of each. Evidence may arrive first, so it refers to no candidate row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table candidate (
      id text primary key,
      camera_id text not null,
      offence text not null,
      zone text not null,
      state text not null,
      version integer not null,
      urgency smallint not null,
      from_at timestamptz(3) not null,
      to_at timestamptz(3),
      raised_at timestamptz(3) not null,
      dwell_ms bigint not null,
      mean_score double precision not null,
      facts jsonb not null,
      facts_at timestamptz(3) not null,
      facts_rank smallint not null,
      lease_account_id uuid references account (id),
      lease_until timestamptz(3),
      check ((state = 'in_review') = (lease_account_id is not null)),
      check ((lease_account_id is null) = (lease_until is null))
    )`.execute(db);
  await sql`create index candidate_queue on candidate (urgency, raised_at, (-mean_score), id)`.execute(db);
  await sql`create index candidate_by_state on candidate (state)`.execute(db);
  await sql`create index candidate_by_camera on candidate (camera_id)`.execute(db);
  await sql`create index candidate_leases on candidate (lease_until) where state = 'in_review'`.execute(db);
  await sql`
    create table evidence (
      candidate_id text primary key,
      manifest_hash text unique,
      key_id text,
      items jsonb,
      sealed_facts jsonb,
      sealed_at timestamptz(3),
      failure text,
      check ((manifest_hash is null) <> (failure is null))
    )`.execute(db);
  await sql`
    create table review (
      id uuid primary key default gen_random_uuid(),
      candidate_id text not null unique references candidate (id),
      reviewer_id uuid not null references account (id),
      reviewer text not null,
      result text not null,
      reason text,
      checks jsonb,
      note text,
      manifest_hash text not null,
      facts jsonb not null,
      at timestamptz(3) not null
    )`.execute(db);
}
