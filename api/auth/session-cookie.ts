import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleContext } from '../context.ts';
import { sessionCookie } from './access.ts';
import { endSession } from './session-store.ts';

/** Gives the browser its session; the one it had before ends, so that no session outlives a login. */
export async function giveSession(
  context: Pick<ConsoleContext, 'db' | 'auth'>,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
): Promise<void> {
  const before = request.cookies[sessionCookie];
  if (before !== undefined) await endSession(context.db, before);
  reply.setCookie(sessionCookie, token, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure: request.protocol === 'https',
    maxAge: context.auth.longestMs / 1000,
  });
}

export function takeSession(reply: FastifyReply): void {
  reply.clearCookie(sessionCookie, { path: '/' });
}
