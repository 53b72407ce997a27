import { XunjieError } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, DatabaseTransaction } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';
import { requireNoOtherHolder, requireOwnLease, requireUndecided } from './lease.ts';
import { type Decider, type Decision, recordDecision, requireVersion } from './record-decision.ts';
import { requireReviewer } from './require-reviewer.ts';
import { lockSeenCandidate, readSeenCandidate, type SeenCandidate } from './seen-candidate.ts';
import { settleLocked } from './settle.ts';

interface Deciding {
  readonly id: string;
  /** That the reviewer has seen. */
  readonly version: number;
  readonly by: Decider;
  /** Whether the reviewer must hold it, or only nobody else may. */
  readonly hold: 'own' | 'free';
  /** What is decided, or a refusal. */
  readonly judge: (db: Database, candidate: SeenCandidate) => Promise<Decision>;
}

/**
 * Decides on a candidate that is undecided, at the version the reviewer has seen, and held by nobody else. First without a lock: it is read,
 * judged and written in one statement that holds only if nothing has changed since. Where something has, or where the decision must
 * take effect in the same transaction, once more under the lock of its row, which ends with a decision or with the reason against it.
 */
export async function decide(context: ConsoleContext, deciding: Deciding): Promise<void> {
  const { db } = context;
  if (context.review.undoWindowMs > 0) {
    const candidate = await readSeenCandidate(db, deciding.id);
    await requireDecidable(context, db, candidate, deciding);
    const decision = await deciding.judge(db, candidate);
    if ((await recordDecision(context, db, candidate, decision, deciding.by)) !== null) {
      context.live.announce({ event: 'candidate', data: { id: candidate.id, state: decision.result } });
      return;
    }
  }
  await db.transaction().execute((trx) => decideLocked(context, trx, deciding));
}

/** The same under the lock of the candidate's row, in the caller's transaction. */
export async function decideLocked(
  context: ConsoleContext,
  db: DatabaseTransaction,
  deciding: Deciding,
): Promise<void> {
  const candidate = await lockSeenCandidate(db, deciding.id);
  await requireDecidable(context, db, candidate, deciding);
  const decision = await deciding.judge(db, candidate);
  const reviewId = await recordDecision(context, db, candidate, decision, deciding.by);
  if (reviewId === null)
    throw new XunjieError('internal', `candidate ${candidate.id} changed while its row was locked`);
  await publishLive(db, { event: 'candidate', data: { id: candidate.id, state: decision.result } });
  if (context.review.undoWindowMs > 0) return;
  const { manifest_hash: _hash, items: _items, holder: _holder, ...row } = candidate;
  const after = { state: decision.result, version: row.version + 1, lease_account_id: null };
  await settleLocked(context, db, { ...row, ...after }, reviewId);
}

async function requireDecidable(
  context: ConsoleContext,
  db: Database,
  candidate: SeenCandidate,
  { by, hold, version }: Deciding,
): Promise<void> {
  requireReviewer(candidate, by.user);
  await requireUndecided(context, db, candidate, by.user);
  if (hold === 'own') requireOwnLease(context, candidate, by.user);
  else requireNoOtherHolder(context, candidate, by.user);
  requireVersion(candidate, version);
}
