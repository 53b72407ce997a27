import { createHash, randomBytes } from 'node:crypto';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';

/** Whether a candidate is of the sample that is reviewed again: the same for the same id, whoever asks, whatever was decided. */
export function isBlindSample(candidateId: string, share: number): boolean {
  const digest = createHash('sha256').update(`blind-sample:${candidateId}`).digest();
  return digest.readUInt32BE(0) < share * 2 ** 32;
}

/**
 * Puts a sampled candidate before a second person: as a candidate of its own, with the evidence of the first and nothing of its
 * decision, which goes through the queue like any other and from which nothing follows but the comparison.
 */
export async function putBeforeSecond(
  context: ConsoleContext,
  db: DatabaseTransaction,
  candidate: Row<'candidate'>,
  review: Row<'review'>,
): Promise<void> {
  const isDecided = review.result === 'confirmed' || review.result === 'rejected';
  if (!isDecided || review.stage !== 1 || !isBlindSample(candidate.id, context.review.blindShare)) return;
  const id = toBlindId(candidate.id);
  const now = new Date(context.nowMs());
  const made = await db
    .insertInto('candidate')
    .values({
      id,
      camera_id: candidate.camera_id,
      offence: candidate.offence,
      zone: candidate.zone,
      state: 'pending_review',
      version: 2,
      urgency: candidate.urgency,
      from_at: candidate.from_at,
      to_at: candidate.to_at,
      raised_at: candidate.raised_at,
      dwell_ms: candidate.dwell_ms,
      mean_score: candidate.mean_score,
      // As the first reviewer saw it.
      facts: JSON.stringify(review.facts),
      facts_at: candidate.facts_at,
      facts_rank: candidate.facts_rank,
      first_reviewer_id: review.reviewer_id,
      blind_of: candidate.id,
      blind_package: randomBytes(32).toString('hex'),
      blind_review_id: review.id,
      queued_at: now,
      second_look: candidate.second_look === null ? null : JSON.stringify(candidate.second_look),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if ((made.numInsertedOrUpdatedRows ?? 0n) > 0n)
    await publishLive(db, { event: 'candidate', data: { id, state: 'pending_review' } });
}

/** An id that looks like any other (26 base-32 digits) and does not tell of the first. */
function toBlindId(candidateId: string): string {
  const digest = createHash('sha256').update(`blind:${candidateId}`).digest('hex');
  return BigInt(`0x${digest.slice(0, 32)}`)
    .toString(32)
    .padStart(26, '0');
}
