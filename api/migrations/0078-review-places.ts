import { type Kysely, sql } from 'kysely';

/**
 * A decision carries what its candidate never changes: camera, offence, whether it repeats another blindly. With these a month's
 * decisions, and the candidates of a month, are counted from indexes alone, however many years lie beside them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table review add column camera_id text, add column offence text, add column is_blind boolean`.execute(
    db,
  );
  await sql`
    update review set camera_id = candidate.camera_id, offence = candidate.offence, is_blind = candidate.blind_of is not null
    from candidate where candidate.id = review.candidate_id`.execute(db);
  await sql`
    alter table review alter column camera_id set not null, alter column offence set not null, alter column is_blind set not null`.execute(
    db,
  );
  await sql`
    create function keep_review_place() returns trigger language plpgsql as $$
    begin
      select candidate.camera_id, candidate.offence, candidate.blind_of is not null
      into new.camera_id, new.offence, new.is_blind from candidate where candidate.id = new.candidate_id;
      return new;
    end $$`.execute(db);
  await sql`
    create trigger review_place before insert on review for each row when (new.is_blind is null)
    execute function keep_review_place()`.execute(db);
  await sql`drop index review_effective, candidate_raised`.execute(db);
  await sql`
    create index review_effective on review (effective_at)
    include (id, result, reason, stage, spent_ms, reviewer, candidate_id, camera_id, offence, is_blind)
    where settled_at is not null and undone_at is null`.execute(db);
  await sql`
    create index candidate_raised on candidate (raised_at) include (id, state, camera_id, offence)
    where blind_of is null`.execute(db);
  await sql`
    create index evidence_completeness on evidence (candidate_id) include (is_complete, sealed_at, failure)`.execute(
    db,
  );
}
