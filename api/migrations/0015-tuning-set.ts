import { type Kysely, sql } from 'kysely';

/** What decisions teach: a masked crop, its label and the reason. One for each decision that took effect. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tuning_example (
      review_id uuid primary key references review (id),
      candidate_id text not null,
      manifest_hash text not null,
      camera_id text not null,
      offence text not null,
      class text not null,
      result text not null,
      reason text,
      decided_at timestamptz(3) not null,
      sha256 text,
      width integer,
      height integer,
      box jsonb,
      why_no_crop text,
      check ((sha256 is null) <> (why_no_crop is null)),
      check ((sha256 is null) = (box is null))
    )`.execute(db);
  await sql`create index tuning_example_order on tuning_example (decided_at, review_id)`.execute(db);
}
