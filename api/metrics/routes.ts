import { XunjieError } from '../../domain/mod.ts';
import { mayReadMetrics } from '../../platform/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';

/** Metrics for Prometheus: no session, but this machine's callers only, or those who have the token. */
export function registerMetricsRoutes(app: App, { metrics, metricsToken }: ConsoleContext): void {
  if (metrics === null) return;
  app.route({
    method: 'GET',
    url: '/metrics',
    config: { permission: 'public' },
    schema: { hide: true },
    handler: async (request, reply) => {
      const caller = { ip: request.ip, authorization: request.headers.authorization };
      if (!mayReadMetrics(caller, metricsToken))
        throw new XunjieError('forbidden', 'metrics are for this machine, or for who has the token');
      return reply
        .header('content-type', metrics.contentType)
        .header('cache-control', 'no-store')
        .serializer((text: string) => text)
        .send(await metrics.render());
    },
  });
}
