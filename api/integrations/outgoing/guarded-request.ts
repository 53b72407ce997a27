import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { AddressGuard } from './address-guard.ts';

const timeoutMs = 10_000;
const maxReplyBytes = 64 * 1024;

export interface GuardedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most 64 KiB of it. */
  readonly text: string;
}

/**
 * One request to a place that somebody has typed in: its addresses are checked as they are resolved, ten seconds for all of it, at
 * most 64 KiB of answer, no redirect followed (a 3xx is an answer like any other), no connection kept. Rejects with a plain line.
 */
export function sendGuarded(
  guard: AddressGuard,
  url: URL,
  sent: {
    readonly method: 'GET' | 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly signal?: AbortSignal;
  },
): Promise<GuardedReply> {
  guard.checkUrl(url.href, 'url');
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = sent.signal === undefined ? timeout : AbortSignal.any([timeout, sent.signal]);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(timeout.aborted ? new Error(`no answer within ${timeoutMs / 1000} s`) : error);
    const outgoing = send(
      url,
      {
        method: sent.method,
        agent: false,
        lookup: guard.lookup,
        signal,
        headers: {
          ...sent.headers,
          ...(sent.body !== undefined && { 'content-length': String(Buffer.byteLength(sent.body)) }),
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        const finish = () => {
          const text = Buffer.concat(chunks).subarray(0, maxReplyBytes).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
        };
        incoming.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes < maxReplyBytes) return;
          finish();
          outgoing.destroy(); // the rest is not wanted
        });
        incoming.on('end', finish);
        incoming.on('error', fail);
      },
    );
    outgoing.on('error', fail);
    outgoing.end(sent.body);
  });
}
