import { type Kysely, sql } from 'kysely';

/** Keys of other systems. Each is an account of the kind `machine`, so that what it does has an actor like anything else. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table api_key (
      id text primary key,
      account_id uuid not null unique references account (id),
      secret_hash text not null,
      scopes text[] not null,
      per_minute integer not null check (per_minute > 0),
      created_by text not null,
      created_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      last_used_at timestamptz(3),
      last_used_ip text,
      revoked_at timestamptz(3),
      revoked_by text
    )`.execute(db);
}
