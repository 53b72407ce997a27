import { type Kysely, sql } from 'kysely';

/** Evidence whose time is over: first it is no longer shown, then its files go, then it is written down that they are gone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table evidence
      add column deleting_at timestamptz(3),
      add column deleted_at timestamptz(3),
      add column deleted_items jsonb,
      add column delete_not_before timestamptz(3),
      add check (deleted_at is null or deleting_at is not null),
      add check (deleting_at is null or items is null)`.execute(db);
  await sql`
    create index evidence_kept_by_age on evidence (sealed_at)
    where deleted_at is null and manifest_hash is not null`.execute(db);
}
