import { type Kysely, sql } from 'kysely';

/** The doors to other systems: who is connected, what goes out to them and what has come in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table integration (
      id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text not null,
      kind text not null,
      direction text not null check (direction in ('in', 'out', 'both')),
      url text,
      events text[] not null,
      accepts text[] not null,
      unit_id text references unit (id),
      settings jsonb not null default '{}',
      state text not null check (state in ('enabled', 'disabled')),
      disabled_reason text,
      secret_key_id text not null,
      secret bytea not null,
      old_secret_key_id text,
      old_secret bytea,
      old_secret_until timestamptz(3),
      heartbeat_every_ms bigint check (heartbeat_every_ms > 0),
      heartbeat_at timestamptz(3),
      last_success_at timestamptz(3),
      last_failure_at timestamptz(3),
      last_error text,
      created_by text not null,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      version integer not null default 1
    )`.execute(db);
  await sql`
    create table outbox_message (
      id uuid primary key default gen_random_uuid(),
      seq bigint generated always as identity unique,
      integration_id text not null references integration (id) on delete cascade,
      type text not null,
      ordering_key text not null,
      payload jsonb not null,
      state text not null default 'queued' check (state in ('queued', 'delivered', 'dead', 'dropped')),
      attempts integer not null default 0,
      created_at timestamptz(3) not null,
      next_at timestamptz(3) not null,
      ended_at timestamptz(3),
      last_status integer,
      last_error text,
      receipt text,
      decided_by text,
      decided_reason text
    )`.execute(db);
  await sql`
    create index outbox_message_due on outbox_message (integration_id, next_at) where state = 'queued'`.execute(
    db,
  );
  await sql`
    create index outbox_message_order on outbox_message (integration_id, ordering_key, seq)
    where state = 'queued'`.execute(db);
  await sql`create index outbox_message_by_state on outbox_message (state, seq desc)`.execute(db);
  await sql`
    create table inbox_message (
      integration_id text not null references integration (id) on delete cascade,
      message_id text not null,
      type text not null,
      payload jsonb not null,
      state text not null check (state in ('applied', 'refused', 'failed')),
      attempts integer not null default 1,
      received_at timestamptz(3) not null,
      handled_at timestamptz(3),
      result text,
      primary key (integration_id, message_id)
    )`.execute(db);
  await sql`create index inbox_message_by_time on inbox_message (received_at desc, message_id)`.execute(db);
  await sql`
    create table moving_thing (
      integration_id text not null references integration (id) on delete cascade,
      kind text not null check (kind in ('vehicle', 'worker')),
      id text not null,
      name text,
      lon double precision not null,
      lat double precision not null,
      at timestamptz(3) not null,
      primary key (integration_id, kind, id)
    )`.execute(db);
}
