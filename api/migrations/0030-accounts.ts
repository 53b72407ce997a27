import { type Kysely, sql } from 'kysely';

/** What real accounts need: machines beside people, locks, one-time passwords, second factors, identities of a provider. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table account
      alter column password_hash drop not null,
      add column kind text not null default 'person' check (kind in ('person', 'machine')),
      add column is_locked boolean not null default false,
      add column must_change_password boolean not null default false,
      -- A password that somebody else has set is good until then.
      add column password_until timestamptz(3),
      add column password_changed_at timestamptz(3),
      add column limit_unit_ids text[],
      add column limit_grid_ids text[],
      add column employee_no text unique,
      add column provider_issuer text,
      add column provider_subject text,
      add column totp_key_id text,
      add column totp_secret bytea,
      add column totp_confirmed_at timestamptz(3),
      -- The time step of the last code that was taken: none is taken twice.
      add column totp_last_step bigint,
      add column last_login_at timestamptz(3),
      add unique (provider_issuer, provider_subject),
      add check ((provider_issuer is null) = (provider_subject is null)),
      add check ((totp_key_id is null) = (totp_secret is null)),
      add check (kind = 'person' or (password_hash is null and provider_subject is null))`.execute(db);
  await sql`
    create table recovery_code (
      account_id uuid not null references account (id) on delete cascade,
      code_hash text not null,
      used_at timestamptz(3),
      primary key (account_id, code_hash)
    )`.execute(db);
  await sql`
    alter table session
      add column id uuid not null default gen_random_uuid() unique,
      add column ip text,
      add column agent text,
      add column is_by_provider boolean not null default false`.execute(db);
  // Kept here and not in the browser, so that any console of the city can finish what another began, and each only once.
  await sql`
    create table provider_attempt (
      state_hash text primary key,
      nonce text not null,
      code_verifier text not null,
      return_to text not null,
      until timestamptz(3) not null
    )`.execute(db);
}
