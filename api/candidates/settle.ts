import { toMessage, toZonedIso, XunjieError } from '../../domain/mod.ts';
import { createCase } from '../cases/create-case.ts';
import type { ConsoleContext } from '../context.ts';
import type { EvidenceRequest } from '../database/review-tables.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { toOffenceReference } from '../http/schema.ts';
import { enqueueEvent } from '../integrations/outbox/enqueue-event.ts';
import { putBeforeSecond } from './blind-review.ts';
import { enterQueue } from './enter-queue.ts';

const maxPerTurn = 200;
const longestRetryMs = 5 * 60_000;

/** Lets every decision whose undo window is over take effect. Returns how many did; another console may be at it at once. */
export async function settleDue(context: ConsoleContext, signal?: AbortSignal): Promise<number> {
  const now = new Date(context.nowMs());
  const due = await context.db
    .selectFrom('review')
    .select(['id', 'candidate_id', 'settle_failures'])
    .where('settled_at', 'is', null)
    .where('undone_at', 'is', null)
    .where('effective_at', '<=', now)
    .where((where) => where.or([where('retry_at', 'is', null), where('retry_at', '<=', now)]))
    .orderBy('effective_at')
    .limit(maxPerTurn)
    .execute();
  let settled = 0;
  for (const review of due) {
    if (signal?.aborted) break;
    if (await settleOne(context, review)) settled += 1;
  }
  return settled;
}

async function settleOne(
  context: ConsoleContext,
  review: Pick<Row<'review'>, 'id' | 'candidate_id' | 'settle_failures'>,
): Promise<boolean> {
  try {
    return await context.db.transaction().execute(async (db) => {
      const candidate = await db
        .selectFrom('candidate')
        .selectAll()
        .where('id', '=', review.candidate_id)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      // Somebody else is at it, or it is being taken back at this moment: the next turn sees what came of it.
      return candidate !== undefined && (await settleLocked(context, db, candidate, review.id));
    });
  } catch (error) {
    const failures = review.settle_failures + 1;
    const retryMs = Math.min(longestRetryMs, 1000 * 2 ** failures);
    context.logger.error(
      { candidate: review.candidate_id, error: toMessage(error), retryMs },
      'a decision could not take effect',
    );
    await context.db
      .updateTable('review')
      .set({ settle_failures: failures, retry_at: new Date(context.nowMs() + retryMs) })
      .where('id', '=', review.id)
      .execute();
    return false;
  }
}

/**
 * Does what follows from a decision and marks it as done, in the caller's transaction, which holds the candidate's row: both or
 * neither, whoever dies in between. Says whether there was anything to do.
 */
export async function settleLocked(
  context: ConsoleContext,
  db: DatabaseTransaction,
  candidate: Row<'candidate'>,
  reviewId: string,
): Promise<boolean> {
  const review = await db
    .updateTable('review')
    .set({ settled_at: new Date(context.nowMs()) })
    .where('id', '=', reviewId)
    .where('settled_at', 'is', null)
    .where('undone_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (review === undefined) return false;
  // A blind repetition is for comparison only.
  if (candidate.blind_of !== null) return true;
  await applyResult(context, db, candidate, review);
  await enqueueEvent(context, db, {
    type: `candidate.${review.result}`,
    orderingKey: candidate.id,
    atMs: context.nowMs(),
    data: {
      candidateId: candidate.id,
      result: review.result,
      reason: review.reason,
      track: review.track,
      stage: review.stage,
      camera: candidate.camera_id,
      zone: candidate.zone,
      offence: toOffenceReference(candidate.offence),
      manifestHash: review.manifest_hash,
      decidedAt: toZonedIso(review.at.getTime(), context.timeZone),
    },
  });
  await putBeforeSecond(context, db, candidate, review);
  return true;
}

async function applyResult(
  context: ConsoleContext,
  db: DatabaseTransaction,
  candidate: Row<'candidate'>,
  review: Row<'review'>,
): Promise<void> {
  switch (review.result) {
    case 'confirmed':
      if (review.track === 'penalty' && review.stage === 1)
        return enterQueue(context, db, candidate, {
          stage: 2,
          penalty_track: true,
          first_reviewer_id: review.reviewer_id,
        });
      await createCase(context, db, {
        candidate,
        manifestHash: review.manifest_hash,
        level: review.level,
        note: review.note,
        reviewer: review.reviewer,
        penaltyTrack: review.track === 'penalty',
        atMs: context.nowMs(),
      });
      return undefined;
    case 'rejected':
    case 'merged':
      return undefined;
    case 'needs_evidence':
      return waitForEvidence(context, db, candidate, review);
    case 'reminded':
      return queueReminder(context, db, review);
  }
}

async function waitForEvidence(
  context: ConsoleContext,
  db: DatabaseTransaction,
  candidate: Row<'candidate'>,
  review: Row<'review'>,
): Promise<void> {
  if (review.wants === null) throw new XunjieError('internal', `review ${review.id} asks for nothing`);
  const { facts } = review;
  const request: EvidenceRequest = {
    wants: review.wants,
    by: review.reviewer,
    askedAtMs: review.at.getTime(),
    untilDwellMs: review.wants === 'longer_dwell' ? facts.dwellMs + facts.legalMs : null,
    answer: null,
  };
  await db
    .updateTable('candidate')
    .set({
      evidence_request: JSON.stringify(request),
      limit_at: new Date(context.nowMs() + context.review.evidenceLimitMs),
    })
    .where('id', '=', candidate.id)
    .execute();
}

async function queueReminder(
  context: ConsoleContext,
  db: DatabaseTransaction,
  review: Row<'review'>,
): Promise<void> {
  if (review.channel === null || review.grace_ms === null)
    throw new XunjieError('internal', `review ${review.id} has no channel to remind by`);
  const now = new Date(context.nowMs());
  await db
    .insertInto('reminder')
    .values({
      review_id: review.id,
      candidate_id: review.candidate_id,
      channel: review.channel,
      grace_ms: review.grace_ms,
      due_at: now,
      created_at: now,
    })
    .execute();
}
