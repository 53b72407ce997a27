import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { mayReadMetrics } from './may-read-metrics.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly metrics: Metrics;
  /** What callers from other machines must present; `null`: they are refused. */
  readonly token: string | null;
}

const requestTimeoutMs = 10_000;

/** Serves `GET /metrics` and nothing else, for a process without a console. Rejects with `port_in_use` or `bad_argument`. */
export async function openMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port } = options;
  const server = createServer(
    { requestTimeout: requestTimeoutMs, keepAliveTimeout: 5000 },
    (request, response) => {
      answer(request, response, options).catch((error: unknown) => response.destroy(error as Error));
    },
  );
  server.maxConnections = 32;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      const what = inUse
        ? `metrics: port ${port} on ${host} is in use or may not be used`
        : `metrics: cannot listen on ${host}:${port}: ${toMessage(error)}`;
      reject(new XunjieError(inUse ? 'port_in_use' : 'bad_argument', what, { cause: error }));
    });
    server.listen({ host, port }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { metrics, token }: MetricsServerOptions,
): Promise<void> {
  const say = (status: number, type: string, text: string): void => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
  };
  if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics')
    return say(404, 'text/plain; charset=utf-8', 'only GET /metrics is here\n');
  const caller = { ip: request.socket.remoteAddress ?? '', authorization: request.headers.authorization };
  if (!mayReadMetrics(caller, token))
    return say(403, 'text/plain; charset=utf-8', 'metrics are for this machine, or for who has the token\n');
  say(200, metrics.contentType, await metrics.render());
}
