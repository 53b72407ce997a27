import { toMessage, XunjieError } from '../../domain/mod.ts';
import { listLiveSessions } from '../auth/session-store.ts';
import { requireUser } from '../auth/user.ts';
import { mayDecideBlind } from '../candidates/blind-sight.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { LiveHub } from './live-hub.ts';
import { openLiveListener } from './live-listener.ts';

const heartbeatMs = 15_000;

/** Server-sent events for the pages: which candidate, case or camera has changed; what it is now is read by its own route. */
export async function registerLiveRoutes(app: App, context: ConsoleContext): Promise<void> {
  const hub = new LiveHub();
  const listener = await openLiveListener({
    address: context.databaseAddress,
    logger: context.logger,
    onEvent: (event) => hub.broadcast(event),
    onGap: () => hub.endAll(),
  });
  const heartbeat = setInterval(() => {
    hub.beat();
    endStaleStreams(context, hub).catch((error: unknown) =>
      context.logger.warn({ error: toMessage(error) }, 'could not check the sessions of event streams'),
    );
  }, heartbeatMs);
  // An open stream is an open request: it must end before the server can close.
  app.addHook('preClose', async () => {
    clearInterval(heartbeat);
    hub.endAll();
    await listener.close();
  });

  app.route({
    method: 'GET',
    url: '/api/events',
    config: { permission: 'self' },
    schema: { tags: ['live'], summary: 'Changes as server-sent events' },
    handler: async (request, reply) => {
      const { sessionHash } = request;
      if (sessionHash === null)
        throw new XunjieError('unauthenticated', 'not logged in, or the session has ended');
      if (hub.isFull)
        throw new XunjieError(
          'too_many_requests',
          'too many pages listen already; this one must ask again later',
        );
      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
      });
      response.write(': listening\n\n');
      hub.add({
        sessionHash,
        response,
        seesDecisions: context.review.blindShare === 0 || !mayDecideBlind(requireUser(request)),
      });
    },
  });
}

/** A stream outlives no session. */
async function endStaleStreams(context: ConsoleContext, hub: LiveHub): Promise<void> {
  hub.endOthers(await listLiveSessions(context, hub.sessionHashes));
}
