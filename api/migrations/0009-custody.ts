import { type Kysely, sql } from 'kysely';

/** The chain of custody: one hash chain over all packages, and the daily Merkle roots over it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table custody_entry (
      seq bigint primary key check (seq > 0),
      at timestamptz(3) not null,
      candidate_id text not null,
      manifest_hash text not null,
      action text not null check (
        action in ('capture', 'view', 'export', 'mask', 'verify', 'hold', 'release', 'delete')
      ),
      actor text not null check (actor <> ''),
      unit text,
      content text,
      reason text not null check (reason <> ''),
      from_place text not null check (from_place <> ''),
      prev_hash text unique,
      hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
      check ((seq = 1) = (prev_hash is null))
    )`.execute(db);
  await sql`create index custody_entry_by_package on custody_entry (manifest_hash, seq)`.execute(db);
  await sql`create index custody_entry_by_candidate on custody_entry (candidate_id, seq)`.execute(db);
  await sql`create index custody_entry_by_time on custody_entry (at)`.execute(db);
  await sql`
    create trigger custody_entry_append_only before update or delete or truncate on custody_entry
    for each statement execute function refuse_change()`.execute(db);
  await sql`
    create table custody_root (
      day text primary key check (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
      until timestamptz(3) not null,
      from_seq bigint not null,
      to_seq bigint not null,
      merkle_root text not null check (merkle_root ~ '^[0-9a-f]{64}$'),
      head_hash text,
      prev_hash text unique,
      hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
      seal jsonb,
      sealed_at timestamptz(3) not null,
      check (to_seq >= from_seq - 1),
      check ((to_seq = 0) = (head_hash is null))
    )`.execute(db);
  await sql`
    create trigger custody_root_append_only before update or delete or truncate on custody_root
    for each statement execute function refuse_change()`.execute(db);
}
