import { type Kysely, sql } from 'kysely';

/** Reminders on their way out, and the grace that follows each: one for a decision to remind. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table reminder (
      id uuid primary key default gen_random_uuid(),
      review_id uuid not null unique references review (id),
      candidate_id text not null references candidate (id),
      channel text not null,
      grace_ms integer not null,
      state text not null default 'queued' check (state in ('queued', 'sent', 'failed', 'done')),
      attempts integer not null default 0,
      due_at timestamptz(3) not null,
      created_at timestamptz(3) not null,
      sent_at timestamptz(3),
      grace_until timestamptz(3),
      receipt text,
      last_error text,
      look text
    )`.execute(db);
  await sql`create index reminder_due on reminder (due_at) where state in ('queued', 'sent')`.execute(db);
  await sql`create index reminder_by_candidate on reminder (candidate_id)`.execute(db);
}
