import type { FastifyRequest } from 'fastify';
import { notLoggedIn, requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import { findPurpose } from './view-purpose.ts';

/** A player asks for dozens of pieces of a clip, a page for a picture again when it is drawn anew: within this time it is one look. */
const oneLookMs = 60_000;
const maxRemembered = 20_000;

const newest = new WeakMap<ConsoleContext, Map<string, number>>();

/**
 * Writes down that somebody sees a file of a package, before they do: without the entry no bytes leave. Whoever has no duty with a package and has said no purpose is refused with `purpose_missing`.
 */
export async function recordView(
  context: ConsoleContext,
  request: FastifyRequest,
  seen: { readonly manifestHash: string; readonly path: string },
): Promise<void> {
  const user = requireUser(request);
  const { sessionHash } = request;
  if (sessionHash === null) throw notLoggedIn();
  const { manifestHash, path } = seen;
  const { purpose, candidateId } = await findPurpose(context, { user, sessionHash }, manifestHash);
  const atMs = context.nowMs();
  const looks = newest.get(context) ?? new Map<string, number>();
  newest.set(context, looks);
  const look = [sessionHash, manifestHash, path, purpose].join(' ');
  const before = looks.get(look);
  if (before !== undefined && atMs - before >= 0 && atMs - before < oneLookMs) return;
  await context.custody.write({
    atMs,
    candidateId,
    manifestHash,
    action: 'view',
    actor: user.username,
    unit: user.unit?.name ?? null,
    content: path,
    reason: purpose,
    from: request.ip,
  });
  looks.delete(look);
  looks.set(look, atMs);
  const [oldest] = looks.keys();
  if (looks.size > maxRemembered && oldest !== undefined) looks.delete(oldest);
}
