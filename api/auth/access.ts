import type { FastifyInstance } from 'fastify';
import { XunjieError } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { createGatherer } from '../database/gather.ts';
import { refuseForeignOrigin } from '../http/origin-guard.ts';
import { isAllowed, listPosts, type Permission } from './permissions.ts';
import { findSessions } from './session-store.ts';
import { notLoggedIn, type User } from './user.ts';

export const sessionCookie = 'xunjie_session';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route. Every route below /api declares it. */
    permission?: Permission;
  }
  interface FastifyRequest {
    user: User | null;
    /** Names the session without giving it away. */
    sessionHash: string | null;
  }
}

/** Lets a request pass only with the permission that its route declares, before its body is read. */
export function guardAccess(app: FastifyInstance, context: ConsoleContext): void {
  const sessions = createGatherer((tokens) => findSessions(context.reads, tokens, context.nowMs()));
  app.decorateRequest('user', null);
  app.decorateRequest('sessionHash', null);
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api') && route.config?.permission === undefined)
      throw new Error(`route ${route.url} declares no permission`);
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api')) reply.header('cache-control', 'no-store');
    await refuseForeignOrigin(request);
    const permission = request.routeOptions.config.permission ?? 'public';
    if (permission === 'public') return;
    const token = request.cookies[sessionCookie];
    const session = token === undefined ? null : await sessions.get(token);
    if (session === null) throw notLoggedIn();
    if (!isAllowed(permission, session.user.roles)) throw refusePost(permission, session.user);
    request.user = session.user;
    request.sessionHash = session.tokenHash;
  });
}

function refusePost(permission: Exclude<Permission, 'public'>, user: User): XunjieError {
  const posts = listPosts(permission);
  return new XunjieError('forbidden', `${user.username} may not do this; it is for ${posts.join(', ')}`, {
    details: { permission, posts },
  });
}
