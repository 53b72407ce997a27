import { type Kysely, sql } from 'kysely';

/** Evidence whose time is over: first it is no longer shown, then its files go, then it is written down that they are gone. And when an outside authority has seen it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table evidence
      add column deleting_at timestamptz(3),
      add column deleted_at timestamptz(3),
      add column deleted_items jsonb,
      add column delete_not_before timestamptz(3),
      add column time_stamped_at timestamptz(3),
      add column time_stamp_failure text,
      add column time_stamp_tries integer not null default 0,
      add column time_stamp_next_at timestamptz(3),
      add check (deleted_at is null or deleting_at is not null),
      add check (deleting_at is null or items is null)`.execute(db);
  await sql`
    create index evidence_kept_by_age on evidence (sealed_at)
    where deleted_at is null and manifest_hash is not null`.execute(db);
  // The plate itself is in no column: encrypted under a key that the database has not, and as an index that tells equal ones alone.
  await sql`
    create table plate (
      candidate_id text primary key references candidate (id),
      key_id text not null,
      encrypted bytea not null,
      blind_index text not null,
      entered_by text not null,
      entered_at timestamptz(3) not null
    )`.execute(db);
  await sql`create index plate_by_blind_index on plate (blind_index)`.execute(db);
  await sql`
    create index evidence_without_time_stamp on evidence (sealed_at)
    where time_stamped_at is null and manifest_hash is not null and deleting_at is null`.execute(db);
}
