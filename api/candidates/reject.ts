import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction } from '../database/tables.ts';
import { findCandidate } from './find-candidate.ts';
import { lockCandidateRow, requireNoOtherHolder, requireUndecided } from './lease.ts';
import { type Decider, lockForDecision, recordDecision, requireVersion } from './record-decision.ts';
import { requireReviewer } from './require-reviewer.ts';
import type { BatchRejectBody, BatchRejectResult, CandidateDetail, RejectBody } from './schema.ts';

type Why = Pick<RejectBody, 'reason' | 'note'>;

/** Turns a candidate down, with a reason that stays. */
export async function rejectCandidate(
  context: ConsoleContext,
  id: string,
  body: RejectBody,
  by: Decider,
): Promise<{ candidate: CandidateDetail }> {
  const decision = toRejection(body);
  return context.db.transaction().execute(async (db) => {
    const candidate = await lockForDecision(context, db, id, body.version, by.user);
    await recordDecision(context, db, candidate, decision, by);
    return { candidate: await findCandidate(context, db, id, by.user) };
  });
}

/**
 * Turns several down for one reason, each in a transaction of its own and only as it was seen: what another holds, has decided or
 * has changed stays, and its result says why. What nobody holds is taken for the purpose.
 */
export async function rejectBatch(
  context: ConsoleContext,
  body: BatchRejectBody,
  by: Decider,
): Promise<{ results: BatchRejectResult[] }> {
  const decision = toRejection(body);
  const twice = body.items.find(({ id }, at) => body.items.findIndex((item) => item.id === id) !== at);
  if (twice !== undefined)
    throw new XunjieError('bad_request', `body.items: candidate ${twice.id} is named twice`, {
      details: { field: 'body.items' },
    });
  const results: BatchRejectResult[] = [];
  for (const { id, version } of body.items) {
    try {
      const rejected = await context.db
        .transaction()
        .execute((db) => rejectOne(context, db, { id, version }, decision, by));
      results.push({ id, status: 'rejected', ...rejected, error: null });
    } catch (error) {
      if (!(error instanceof XunjieError) || error.status >= 500)
        context.logger.error({ candidate: id, error: toMessage(error) }, 'a rejection of a batch failed');
      results.push({ id, status: 'refused', version: null, undoUntil: null, error: toRefusal(error) });
    }
  }
  return { results };
}

async function rejectOne(
  context: ConsoleContext,
  db: DatabaseTransaction,
  seen: { readonly id: string; readonly version: number },
  decision: ReturnType<typeof toRejection>,
  by: Decider,
): Promise<{ version: number; undoUntil: string | null }> {
  const candidate = await lockCandidateRow(db, seen.id);
  requireReviewer(candidate, by.user);
  await requireUndecided(context, db, candidate);
  await requireNoOtherHolder(context, db, candidate, by.user);
  requireVersion(candidate, seen.version);
  await recordDecision(context, db, candidate, decision, by);
  const { version, undoUntil } = await findCandidate(context, db, seen.id, by.user);
  return { version, undoUntil };
}

function toRejection({ reason, note }: Why) {
  const words = note?.trim() ?? '';
  if (reason === 'other' && words === '')
    throw new XunjieError('bad_request', 'body.note: the reason "other" needs words', {
      details: { field: 'body.note' },
    });
  return { result: 'rejected', reason, note: words === '' ? null : words } as const;
}

function toRefusal(thrown: unknown): NonNullable<BatchRejectResult['error']> {
  if (thrown instanceof XunjieError && thrown.status < 500) {
    const { code, message, details } = thrown;
    return { code, message, details };
  }
  return {
    code: 'internal',
    message: 'something went wrong with this one; the others are not affected',
    details: {},
  };
}
