import { type Kysely, sql } from 'kysely';

/** What makes a camera's records admissible for penalties: each with who, when and the document behind it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table camera_attestation (
      camera_id text not null references camera (id),
      item text not null check (item in ('legal_review', 'technical_review', 'sign', 'publication')),
      document text not null,
      held_on text not null check (held_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
      attested_by uuid not null references account (id),
      attested_at timestamptz(3) not null,
      primary key (camera_id, item)
    )`.execute(db);
}
