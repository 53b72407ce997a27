import type { ErrorCode } from '../../../domain/mod.ts';
import type { ErrorBody } from './types.ts';

const timeoutMs = 20_000;
const uploadTimeoutMs = 120_000;

export type FailureCode = ErrorCode | 'offline' | 'timeout' | 'unreadable';

/** A request that did not do what was asked. `message` is the server's own line, or ours when it could not be reached. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: FailureCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: FailureCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export async function getJson<Body>(url: string, signal?: AbortSignal): Promise<Body> {
  return (await request(url, { method: 'GET', ...(signal ? { signal } : {}) }, timeoutMs)) as Body;
}

export async function postJson<Body>(url: string, body: unknown = {}): Promise<Body> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return (await request(url, init, timeoutMs)) as Body;
}

export async function putJson<Body>(url: string, body: unknown): Promise<Body> {
  const init = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return (await request(url, init, timeoutMs)) as Body;
}

/** A file as it is; `type` says what it holds. */
export async function postFile<Body>(url: string, body: ArrayBuffer, type: string): Promise<Body> {
  const init = { method: 'POST', headers: { 'content-type': type }, body };
  return (await request(url, init, uploadTimeoutMs)) as Body;
}

/** `keepalive`: the request outlives the page, for what must be given back on leaving it. */
export async function deleteResource(url: string, keepalive = false): Promise<void> {
  await request(url, { method: 'DELETE', keepalive }, timeoutMs);
}

export async function postForm<Body>(url: string, form: FormData): Promise<Body> {
  return (await request(url, { method: 'POST', body: form }, uploadTimeoutMs)) as Body;
}

async function request(url: string, init: RequestInit, limitMs: number): Promise<unknown> {
  const limit = AbortSignal.timeout(limitMs);
  const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init, signal });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    if (limit.aborted)
      throw new RequestError(0, 'timeout', `no answer from the server in ${limitMs / 1000} s`);
    throw new RequestError(0, 'offline', 'the server cannot be reached');
  }
  if (response.status === 204) return undefined;
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw toRequestError(response.status, body);
  if (body === undefined) throw new RequestError(response.status, 'unreadable', 'the answer is not JSON');
  return body;
}

/** Reads the contract's error body; an answer from something in between (a proxy) becomes `unreadable`. */
export function toRequestError(status: number, body: unknown): RequestError {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    const { code, message, details } = error as ErrorBody;
    return new RequestError(status, code, message, details ?? {});
  }
  return new RequestError(status, 'unreadable', `the server answered ${status}`);
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof RequestError && error.code === 'unauthenticated';
}
