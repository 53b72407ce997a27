import { Type } from 'typebox';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { listLiveUsers } from '../auth/session-store.ts';
import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { startRepeating } from '../repeat.ts';
import { LiveHub } from './live-hub.ts';
import { openLiveListener } from './live-listener.ts';
import { forgetEvents, readMissed, readPosition } from './missed-events.ts';

const heartbeatMs = 15_000;
/** How soon a browser comes back by itself. */
const retryMs = 2_000;

/** Server-sent events for the pages: which candidate, case or camera has changed; what it is now is read by its own route. */
export async function registerLiveRoutes(app: App, context: ConsoleContext): Promise<void> {
  const hub = new LiveHub(context.review.blindShare > 0);
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
  const forgetting = startRepeating(
    {
      name: 'forgot old live events',
      firstMs: 60_000,
      everyMs: 60_000,
      work: () => forgetEvents(context.db),
    },
    context.logger,
  );
  // An open stream is an open request: it must end before the server can close.
  app.addHook('preClose', async () => {
    clearInterval(heartbeat);
    hub.endAll();
    await listener.close();
    await forgetting.close();
  });

  app.route({
    method: 'GET',
    url: '/api/events',
    config: { permission: 'self' },
    schema: {
      tags: ['live'],
      summary: 'Changes as server-sent events, from where `Last-Event-ID` says',
      description:
        'Each event that the caller may hear, once and in order. With `Last-Event-ID` first what came after that event; where that is no longer known, a `reset` event: read everything anew.',
      headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 40 })) }),
    },
    handler: async (request, reply) => {
      const { sessionHash } = request;
      if (sessionHash === null)
        throw new XunjieError('unauthenticated', 'not logged in, or the session has ended');
      if (hub.isFull)
        throw new XunjieError(
          'too_many_requests',
          'too many pages listen already; this one must ask again later',
        );
      // Known before the answer begins: whatever happens after a page's stream is open, it is told.
      const lastId = request.headers['last-event-id'];
      const startId = lastId === undefined ? await readPosition(context.db) : toEventId(lastId);
      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
      });
      response.write(`: hello\nretry: ${retryMs}\n\n`);
      const client = hub.add(sessionHash, requireUser(request), response);
      try {
        const missed = startId === null ? null : await readMissed(context.db, startId);
        if (startId === null || missed === null) hub.reset(client, await readPosition(context.db));
        else hub.resume(client, startId, missed);
      } catch (error) {
        // The answer has begun: the browser asks again.
        context.logger.warn({ error: toMessage(error) }, 'an event stream could not be brought up to date');
        response.end();
      }
    },
  });
}

function toEventId(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** A stream outlives no session, and no post. */
async function endStaleStreams(context: ConsoleContext, hub: LiveHub): Promise<void> {
  hub.keepOnly(await listLiveUsers(context, hub.sessionHashes));
}
