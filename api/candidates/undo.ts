import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { ConsoleContext } from '../context.ts';
import { publishLive } from '../live/live-event.ts';
import { requireNotKept } from './blind-sight.ts';
import { findCandidate } from './find-candidate.ts';
import { isHiddenFrom } from './is-hidden-from.ts';
import { lockCandidateRow } from './lease.ts';
import { noCandidate } from './no-candidate.ts';
import { type Decider, requireVersion } from './record-decision.ts';
import type { CandidateDetail, UndoBody } from './schema.ts';

/**
 * Takes a decision back before anything has come of it: the candidate is with the same reviewer again, under a fresh lease,
 * with what was shown before. Only by who decided, only within the window.
 */
export async function undoDecision(
  context: ConsoleContext,
  id: string,
  body: UndoBody,
  by: Decider,
): Promise<{ candidate: CandidateDetail }> {
  const nowMs = context.nowMs();
  return context.db.transaction().execute(async (db) => {
    const row = await lockCandidateRow(db, id);
    if (isHiddenFrom(row, by.user)) throw noCandidate(id);
    await requireNotKept(db, id, by.user);
    if (body.version !== undefined) requireVersion(row, body.version);
    const review = await db
      .selectFrom('review')
      .selectAll()
      .where('candidate_id', '=', id)
      .where('undone_at', 'is', null)
      .orderBy('at', 'desc')
      .forUpdate()
      .executeTakeFirst();
    if (review === undefined || row.state !== review.result)
      throw new XunjieError(
        'conflict',
        `candidate ${id} is ${row.state}: there is no decision to take back`,
        {
          details: { state: row.state, version: row.version },
        },
      );
    if (review.reviewer_id !== by.user.id)
      throw new XunjieError('forbidden', `only ${review.reviewer}, who decided, may take it back`);
    if (review.settled_at !== null || review.effective_at.getTime() <= nowMs)
      throw new XunjieError(
        'undo_closed',
        `candidate ${id} could be taken back until ${toZonedIso(review.effective_at.getTime(), context.timeZone)}`,
        { details: { state: row.state, version: row.version } },
      );
    const at = new Date(nowMs);
    await db.updateTable('review').set({ undone_at: at }).where('id', '=', review.id).execute();
    await db
      .updateTable('candidate')
      .set({
        state: 'in_review',
        version: row.version + 1,
        lease_account_id: by.user.id,
        lease_until: new Date(nowMs + context.review.leaseMs),
        lease_shown: review.shown,
        merged_into: null,
      })
      .where('id', '=', id)
      .execute();
    await publishLive(db, { event: 'candidate', data: { id, state: 'in_review' } });
    await appendAudit(db, {
      atMs: nowMs,
      actor: by.user.username,
      action: 'candidate.undo',
      objectKind: 'candidate',
      objectId: id,
      result: 'done',
      ip: by.ip,
      details: { undone: review.result },
    });
    return { candidate: await findCandidate(context, db, id, by.user) };
  });
}
