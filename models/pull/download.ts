import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashFile } from '../../detector/mod.ts';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { dropPart, readPart, writeOrigin } from './part-file.ts';
import { AnswerError, requestFile } from './request.ts';

export interface DownloadOptions {
  readonly urls: readonly string[];
  /** Where the bytes gather; what is there already is gone on with. */
  readonly partPath: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly onProgress?: (bytes: number, total: number) => void;
  /** Longest silence of a server; default 30 s. */
  readonly silenceMs?: number;
  /** All of it; default two hours. */
  readonly totalMs?: number;
  /** Tries of one address that bring nothing new; default 4, with 1, 2, 4 s between them. */
  readonly tries?: number;
  readonly backoffMs?: number;
}

/** Why an address was given up, for the message to a person. */
interface Failure {
  readonly url: string;
  readonly reason: string;
}

/**
 * Fetches a file whose size and hash are known into `partPath`, resuming what is there; an address that fails gives way
 * to the next. Bytes that turn out wrong are removed.
 * @throws XunjieError `source_failed` (nobody serves it), `model_hash_mismatch`, `data_folder_unwritable`.
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const { urls, partPath, bytes, sha256, totalMs = 2 * 3_600_000 } = options;
  const signal = AbortSignal.timeout(totalMs);
  const failures: Failure[] = [];
  // What an earlier run left may be damaged: then the address gets a second chance, from the beginning.
  let isResumed = (await readPart(partPath)).bytes > 0;
  const open = [...urls];
  for (let url = open.shift(); url !== undefined; url = open.shift()) {
    const failure = await fetchFrom(url, options, signal);
    if (failure !== null) {
      failures.push({ url, reason: failure });
      continue;
    }
    const found = await hashFile(partPath);
    if (found === sha256) return;
    await dropPart(partPath);
    if (isResumed) open.unshift(url);
    else
      failures.push({
        url,
        reason: `sent ${bytes} bytes that are not the file: SHA-256 is ${found}, expected ${sha256}; nothing of it was kept`,
      });
    isResumed = false;
  }
  const isWrong = failures.every(({ reason }) => reason.includes('SHA-256'));
  throw new XunjieError(
    isWrong ? 'model_hash_mismatch' : 'source_failed',
    failures.map(({ url, reason }) => `${toHost(url)}: ${reason}`).join('; '),
  );
}

export function toHost(url: string): string {
  return new URL(url).host;
}

/** Returns `null` when all bytes are there, else why not. */
async function fetchFrom(url: string, options: DownloadOptions, signal: AbortSignal): Promise<string | null> {
  const { tries = 4, backoffMs = 1000, partPath, bytes } = options;
  let failed = 0;
  let before = (await readPart(partPath)).bytes;
  if (before === bytes) return null;
  for (;;) {
    let reason: string;
    try {
      await fetchOnce(url, options, signal);
      reason = 'the connection ended early';
    } catch (error) {
      if (error instanceof XunjieError) throw error;
      if (signal.aborted) return 'it took too long';
      reason = describe(error);
      if (error instanceof AnswerError && !isPassing(error.status)) return reason;
    }
    const { bytes: now } = await readPart(partPath);
    if (now === bytes) return null;
    // A line that breaks again and again but brings something each time is not given up.
    failed = now > before ? 1 : failed + 1;
    before = now;
    if (failed >= tries) return `${reason} (tried ${tries} times; ${now} of ${bytes} bytes are kept)`;
    await sleep(backoffMs * 2 ** (failed - 1), undefined, { signal }).catch(() => undefined);
  }
}

function isPassing(status: number): boolean {
  return status === 408 || status === 416 || status === 425 || status === 429 || status >= 500;
}

/** Asks once and appends what comes. */
async function fetchOnce(url: string, options: DownloadOptions, signal: AbortSignal): Promise<void> {
  const { partPath, bytes, onProgress, silenceMs = 30_000 } = options;
  let part = await readPart(partPath);
  if (part.bytes > bytes) {
    await dropPart(partPath);
    part = { path: partPath, bytes: 0, origin: null };
  }
  const validator = part.origin?.url === url ? part.origin.validator : null;
  const headers: Record<string, string> =
    part.bytes === 0
      ? {}
      : // From another mirror the range is asked for plainly: the hash of the whole decides.
        { range: `bytes=${part.bytes}-`, ...(validator !== null && { 'if-range': validator }) };
  let answer: IncomingMessage;
  try {
    answer = await requestFile(url, headers, { silenceMs, signal });
  } catch (error) {
    if (error instanceof AnswerError && error.status === 416) await dropPart(partPath);
    throw error;
  }
  const start = answer.statusCode === 206 ? toRangeStart(answer) : 0;
  if (start !== 0 && start !== part.bytes) {
    answer.destroy();
    await dropPart(partPath);
    throw new Error('it sent another part than was asked for');
  }
  const announced = toAnnounced(answer, start);
  if (announced !== null && announced !== bytes) {
    answer.destroy();
    throw new AnswerError(409, `has a file of ${announced} bytes there, expected ${bytes}`);
  }
  await write(answer, { partPath, bytes, start, url, silenceMs, signal, onProgress });
}

interface WriteOptions {
  readonly partPath: string;
  readonly bytes: number;
  readonly start: number;
  readonly url: string;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: DownloadOptions['onProgress'];
}

async function write(answer: IncomingMessage, options: WriteOptions): Promise<void> {
  const { partPath, bytes, start, url, silenceMs, signal, onProgress } = options;
  answer.setTimeout(silenceMs, () =>
    answer.destroy(new Error(`silent for ${Math.round(silenceMs / 1000)} s`)),
  );
  let at = start;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      at += chunk.length;
      if (at > bytes) return done(new Error(`sent more than the ${bytes} bytes expected`));
      onProgress?.(at, bytes);
      done(null, chunk);
    },
  });
  try {
    await writeOrigin(partPath, toOrigin(url, answer));
    await pipeline(answer, count, createWriteStream(partPath, { flags: start === 0 ? 'w' : 'a' }), {
      signal,
    });
  } catch (error) {
    if (isOfDisk(error))
      throw new XunjieError('data_folder_unwritable', `${partPath} cannot be written: ${describe(error)}`, {
        cause: error,
      });
    throw error;
  }
}

function isOfDisk(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || syscall === 'open' || syscall === 'write';
}

function toOrigin(url: string, { headers }: IncomingMessage): { url: string; validator: string } | null {
  const { etag } = headers;
  const validator = etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified'];
  return validator === undefined ? null : { url, validator };
}

function toRangeStart({ headers }: IncomingMessage): number {
  return Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN);
}

/** Size of the whole file as the server says it; `null` when it says nothing. */
function toAnnounced({ headers }: IncomingMessage, start: number): number | null {
  const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  if (total !== undefined) return Number(total);
  const length = headers['content-length'];
  return length === undefined ? null : Number(length) + start;
}

const words: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved now',
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  ENETUNREACH: 'there is no way to it',
  EHOSTUNREACH: 'there is no way to it',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
};

function describe(error: unknown): string {
  const { code, errors } = error as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] };
  const known = words[code ?? ''] ?? words[errors?.[0]?.code ?? ''];
  return known ?? toMessage(error);
}
