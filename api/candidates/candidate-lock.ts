import { sql } from 'kysely';
import type { DatabaseTransaction } from '../database/tables.ts';

/** Its facts and its evidence come from two streams at once; one waits for the other even before there is a row to lock. */
export async function lockCandidate(db: DatabaseTransaction, candidateId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${candidateId}, 0))`.execute(db);
}
