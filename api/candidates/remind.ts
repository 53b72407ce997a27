import { XunjieError } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { decide } from './decide.ts';
import { findCandidate } from './find-candidate.ts';
import type { Decider } from './record-decision.ts';
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
  const decision = {
    result: 'reminded',
    channel: body.channel,
    grace_ms: body.graceMs ?? context.review.graceMs,
    note: body.note ?? null,
  } as const;
  await decide(context, { id, version: body.version, by, hold: 'own', judge: async () => decision });
  return { candidate: await findCandidate(context, context.db, id, by.user) };
}
