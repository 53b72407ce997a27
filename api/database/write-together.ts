import { type OperationNodeSource, sql } from 'kysely';
import { prepared } from './prepared.ts';
import type { Database } from './tables.ts';

/** An insert, update or delete that is yet to be run. */
export type Write = OperationNodeSource;

/**
 * Runs several writes as one statement: one round trip, and none of them without the others. None sees what another writes, so
 * no two of them may touch the same row; references between their tables hold at the end.
 */
export async function writeTogether(db: Database, writes: readonly Write[]): Promise<void> {
  const parts = writes.map((write, index) => sql`${sql.raw(`write_${index}`)} as (${write})`);
  await sql`${prepared} with ${sql.join(parts)} select 1`.execute(db);
}
