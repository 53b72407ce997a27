import { toMessage, toZonedIso, XunjieError } from '../../domain/mod.ts';
import { requireCandidateInReach } from '../auth/guard-reach.ts';
import type { ConsoleContext } from '../context.ts';
import { decide } from './decide.ts';
import { findCandidate } from './find-candidate.ts';
import type { Decider } from './record-decision.ts';
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
  await decide(context, { id, version: body.version, by, hold: 'own', judge: async () => decision });
  return { candidate: await findCandidate(context, context.db, id, by.user) };
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
  const { undoWindowMs } = context.review;
  const results: BatchRejectResult[] = [];
  for (const { id, version } of body.items) {
    try {
      await requireCandidateInReach(context.db, id, by.user);
      const undoUntilMs = context.nowMs() + undoWindowMs;
      await decide(context, { id, version, by, hold: 'free', judge: async () => decision });
      const undoUntil = undoWindowMs === 0 ? null : toZonedIso(undoUntilMs, context.timeZone);
      results.push({ id, status: 'rejected', version: version + 1, undoUntil, error: null });
    } catch (error) {
      if (!(error instanceof XunjieError) || error.status >= 500)
        context.logger.error({ candidate: id, error: toMessage(error) }, 'a rejection of a batch failed');
      results.push({ id, status: 'refused', version: null, undoUntil: null, error: toRefusal(error) });
    }
  }
  return { results };
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
