import { type Kysely, sql } from 'kysely';

/**
 * Decisions take effect after an undo window; a candidate may be decided more than once (undone, second reviewer, back from
 * a reminder). What earlier versions decided has taken effect already.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table candidate
      add column stage smallint not null default 1,
      add column penalty_track boolean not null default false,
      add column first_reviewer_id uuid references account (id),
      add column blind_of text references candidate (id),
      add column blind_review_id uuid references review (id),
      add column queued_at timestamptz(3),
      add column limit_at timestamptz(3),
      add column escalated_at timestamptz(3),
      add column lease_shown text[] not null default '{}',
      add column evidence_request jsonb,
      add column second_look jsonb`.execute(db);
  await sql`update candidate set queued_at = raised_at where state in ('pending_review', 'in_review')`.execute(
    db,
  );
  await sql`create unique index candidate_blind on candidate (blind_of) where blind_of is not null`.execute(
    db,
  );
  // The queue itself, without what has been decided: a page costs the same however long the history.
  await sql`create index candidate_waiting on candidate (urgency, raised_at, (-mean_score), id) include (state)
    where state in ('pending_review', 'in_review')`.execute(db);
  await sql`create index candidate_limits on candidate (limit_at)
    where state in ('pending_review', 'needs_evidence')`.execute(db);
  await sql`
    alter table review
      drop constraint review_candidate_id_key,
      add column stage smallint not null default 1,
      add column track text not null default 'management',
      add column level text not null default 'normal',
      add column driver_absent boolean,
      add column wants text,
      add column channel text,
      add column grace_ms integer,
      add column shown text[] not null default '{}',
      add column effective_at timestamptz(3),
      add column settled_at timestamptz(3),
      add column undone_at timestamptz(3),
      add column settle_failures integer not null default 0,
      add column retry_at timestamptz(3),
      add column needs_example boolean not null default true`.execute(db);
  await sql`update review set effective_at = at, settled_at = at`.execute(db);
  await sql`alter table review alter column effective_at set not null`.execute(db);
  await sql`create index review_by_candidate on review (candidate_id, at)`.execute(db);
  await sql`create index review_due on review (effective_at) where settled_at is null and undone_at is null`.execute(
    db,
  );
  // Nothing is decided twice: at most one decision of a candidate waits to take effect.
  await sql`create unique index review_open on review (candidate_id) where settled_at is null and undone_at is null`.execute(
    db,
  );
  await sql`create index review_without_example on review (settled_at) where needs_example and settled_at is not null`.execute(
    db,
  );
  await sql`alter table case_file add column penalty_track boolean not null default false`.execute(db);
}
