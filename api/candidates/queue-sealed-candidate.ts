import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction } from '../database/tables.ts';
import { enterQueue } from './enter-queue.ts';

/** Puts a raised candidate into the review queue if its evidence is sealed. Says whether it did. The caller holds its lock. */
export async function queueSealedCandidate(
  context: ConsoleContext,
  db: DatabaseTransaction,
  candidateId: string,
): Promise<boolean> {
  const candidate = await db
    .selectFrom('candidate')
    .innerJoin('evidence', 'evidence.candidate_id', 'candidate.id')
    .select(['candidate.id', 'candidate.version'])
    .where('candidate.id', '=', candidateId)
    .where('candidate.state', '=', 'raised')
    .where('evidence.manifest_hash', 'is not', null)
    .forUpdate('candidate')
    .executeTakeFirst();
  if (candidate === undefined) return false;
  await enterQueue(context, db, candidate);
  return true;
}
