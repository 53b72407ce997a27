import { type RawBuilder, sql } from 'kysely';
import type { DatabaseTransaction } from '../database/tables.ts';

/**
 * Reads cases through an index, whatever the planner thinks of it: that the tallies do not know them is true of few, which have an index
 * of their own, but it counts on nearly all and would read every case there is.
 */
export async function readByIndex<Found>(
  trx: DatabaseTransaction,
  query: RawBuilder<Found>,
): Promise<Found[]> {
  await sql`set local enable_seqscan = off`.execute(trx);
  const { rows } = await query.execute(trx);
  await sql`set local enable_seqscan = on`.execute(trx);
  return rows;
}
