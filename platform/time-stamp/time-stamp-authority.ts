import { randomBytes, type X509Certificate } from 'node:crypto';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { derTags, pick, readElements, readOnly, toDerInteger } from './der.ts';
import { toTimeStampRequest } from './time-stamp-request.ts';
import { readTimeStampToken, type TimeStamp } from './time-stamp-token.ts';

/** An authority that says when it has seen a hash. */
export interface TimeStampAuthority {
  /** A token over a SHA-256, checked. Rejects with `time_stamp_failed`, also when no answer comes in time. */
  stamp(sha256: Uint8Array): Promise<{ token: Uint8Array; timeStamp: TimeStamp }>;
}

export interface TimeStampAuthorityOptions {
  /** `http:` or `https:`; asked with RFC 3161 over HTTP (3.4). */
  readonly url: string;
  /** Certificates that its own must come from; without them any will do. */
  readonly trusted?: readonly X509Certificate[];
  /** Default 15 s. */
  readonly timeoutMs?: number;
}

const maxReplyBytes = 64 << 10;
/** `PKIStatus`: granted, or granted with changes. */
const grantedStates = new Set([0, 1]);

export function openTimeStampAuthority(options: TimeStampAuthorityOptions): TimeStampAuthority {
  const { trusted, timeoutMs = 15_000 } = options;
  const url = parseUrl(options.url);
  const place = `${url.origin}${url.pathname}`;
  return {
    async stamp(sha256) {
      const nonce = randomBytes(8);
      try {
        const reply = await post(url, toTimeStampRequest(sha256, nonce), timeoutMs);
        const token = readToken(reply);
        const timeStamp = readTimeStampToken(token, trusted);
        if (timeStamp.sha256 !== Buffer.from(sha256).toString('hex')) throw new Error('is over another hash');
        if (!timeStamp.nonce?.equals(toDerInteger(nonce))) throw new Error('answers another request (nonce)');
        return { token, timeStamp };
      } catch (error) {
        throw new XunjieError('time_stamp_failed', `no time stamp of ${place}: ${explain(error)}`, {
          cause: error,
        });
      }
    },
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new XunjieError(
      'bad_config',
      'the URL of the time-stamping authority is not of the form http(s)://host/path',
    );
  return url;
}

async function post(url: URL, body: Buffer, timeoutMs: number): Promise<Buffer> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: new Uint8Array(body),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!reply.ok) {
    await reply.body?.cancel();
    throw new Error(`it answers ${reply.status}`);
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of reply.body ?? []) {
    pieces.push(piece as Uint8Array);
    bytes += (piece as Uint8Array).byteLength;
    if (bytes > maxReplyBytes) throw new Error(`its answer is larger than ${maxReplyBytes} bytes`);
  }
  return Buffer.concat(pieces);
}

/** The token of a `TimeStampResp`. */
function readToken(reply: Buffer): Uint8Array {
  const fields = readElements(readOnly(reply, derTags.sequence).content);
  const [status] = readElements(pick(fields, 0, derTags.sequence).content);
  const state =
    status?.tag === derTags.integer && status.content.length === 1 ? (status.content[0] ?? -1) : -1;
  if (!grantedStates.has(state)) throw new Error(`it refuses (status ${state})`);
  return new Uint8Array(pick(fields, 1, derTags.sequence).whole);
}

function explain(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'it did not answer in time';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : null;
  return cause === null || cause.message === '' ? toMessage(error) : cause.message;
}
