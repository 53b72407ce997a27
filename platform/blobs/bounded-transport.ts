import http from 'node:http';
import https from 'node:https';

export interface TransportLimits {
  /** Longest silence on a connection. */
  readonly idleMs: number;
  /** Longest whole exchange. */
  readonly totalMs: number;
}

export interface BoundedTransport {
  readonly request: typeof http.request;
  readonly agent: http.Agent;
}

/** HTTP as the S3 client wants it, with what that client lacks: every request ends within a bound, also one that trickles. */
export function createBoundedTransport(isSecure: boolean, limits: TransportLimits): BoundedTransport {
  const agent = isSecure
    ? new https.Agent({ keepAlive: true, maxSockets: maxConnections })
    : new http.Agent({ keepAlive: true, maxSockets: maxConnections });
  const request = (options: https.RequestOptions, onResponse?: (response: http.IncomingMessage) => void) => {
    const started = isSecure ? https.request(options, onResponse) : http.request(options, onResponse);
    const abort = (limitMs: number) => started.destroy(new Error(`no answer within ${limitMs / 1000} s`));
    const deadline = setTimeout(() => abort(limits.totalMs), limits.totalMs);
    started.setTimeout(limits.idleMs, () => abort(limits.idleMs));
    started.once('close', () => clearTimeout(deadline));
    return started;
  };
  return { request: request as typeof http.request, agent };
}

const maxConnections = 16;
