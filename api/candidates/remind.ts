import { XunjieError } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { findCandidate } from './find-candidate.ts';
import { type Decider, lockForDecision, recordDecision } from './record-decision.ts';
import type { CandidateDetail, RemindBody } from './schema.ts';

/** Has whoever is there reminded; after the grace the system looks again. */
export async function remindCandidate(
  context: ConsoleContext,
  id: string,
  body: RemindBody,
  by: Decider,
): Promise<{ candidate: CandidateDetail }> {
  if (context.reminders === null)
    throw new XunjieError('reminders_off', 'no reminder gateway is set up: nothing can be sent from here');
  return context.db.transaction().execute(async (db) => {
    const candidate = await lockForDecision(context, db, id, body.version, by.user);
    const decision = {
      result: 'reminded',
      channel: body.channel,
      grace_ms: body.graceMs ?? context.review.graceMs,
      note: body.note ?? null,
    } as const;
    await recordDecision(context, db, candidate, decision, by);
    return { candidate: await findCandidate(context, db, id, by.user) };
  });
}
