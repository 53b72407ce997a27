import type { DatabaseTransaction } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';

/** Puts a raised candidate into the review queue if its evidence is sealed. Says whether it did. The caller holds its lock. */
export async function queueSealedCandidate(db: DatabaseTransaction, candidateId: string): Promise<boolean> {
  const queued = await db
    .updateTable('candidate')
    .set((set) => ({ state: 'pending_review', version: set('version', '+', 1) }))
    .where('id', '=', candidateId)
    .where('state', '=', 'raised')
    .where((where) =>
      where.exists(
        where
          .selectFrom('evidence')
          .select('evidence.candidate_id')
          .where('evidence.candidate_id', '=', candidateId)
          .where('evidence.manifest_hash', 'is not', null),
      ),
    )
    .executeTakeFirst();
  if (queued.numUpdatedRows === 0n) return false;
  await publishLive(db, { event: 'candidate', data: { id: candidateId, state: 'pending_review' } });
  return true;
}
