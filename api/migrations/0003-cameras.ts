import { type Kysely, sql } from 'kysely';

/** Cameras as the console shows them. State and what follows stay null until the first report. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table camera (
      id text primary key,
      name text not null,
      state text,
      reason text,
      health_at timestamptz(3),
      last_frame_at timestamptz(3),
      frames_sampled bigint,
      keyframe_gap_ms double precision
    )`.execute(db);
}
