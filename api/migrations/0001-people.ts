import { type Kysely, sql } from 'kysely';

/** Units, accounts by post, sessions, and the counter behind the login lock-out. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table unit (
      id text primary key,
      name text not null,
      kind text not null
    )`.execute(db);
  await sql`
    create table account (
      id uuid primary key default gen_random_uuid(),
      username text not null unique,
      display_name text not null,
      password_hash text not null,
      roles text[] not null,
      unit_id text references unit (id),
      created_at timestamptz(3) not null default now()
    )`.execute(db);
  await sql`
    create table session (
      token_hash text primary key,
      account_id uuid not null references account (id) on delete cascade,
      created_at timestamptz(3) not null,
      used_at timestamptz(3) not null
    )`.execute(db);
  await sql`create index session_by_account on session (account_id)`.execute(db);
  // Kept for any name that somebody tries, so that a lock-out does not tell which accounts exist.
  await sql`
    create table login_attempt (
      username text primary key,
      failures integer not null,
      first_at timestamptz(3) not null,
      locked_until timestamptz(3)
    )`.execute(db);
}
