import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type TlsPolicy, toMessage } from '../domain/mod.ts';
import type { AddressGuard } from './address-guard.ts';
import { answerChallenge, toLogin } from './http-login.ts';
import type { LiveInputProblem } from './live-input.ts';
import { toRefusal } from './refusal.ts';
import { toTlsReason } from './tls-relay.ts';

/** The beginning of what an address gives. */
export interface HttpAnswer {
  /** Where it was found after redirections; user and password only where they are sent to the same host. */
  readonly url: string;
  /** Media type in lower case without its parameters. */
  readonly mediaType: string;
  /** `null`: not told, as of a stream that does not end. */
  readonly bytes: number | null;
  /** As much as `wants` asked for. */
  readonly head: Buffer;
}

export interface HttpQuestion {
  readonly url: string;
  readonly tls: TlsPolicy | undefined;
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  /** How many bytes are needed, given the first ones. */
  wants(head: Buffer): number;
}

const maxRedirects = 5;

/**
 * Looks at the beginning of what an HTTP address gives, then hangs up: what ffmpeg would only tell in a line of its log. Follows at most
 * five redirections, to http and https alone, never from https to http, and to this machine itself only from this machine; another host
 * is not given the password.
 */
export async function askHttp(question: HttpQuestion): Promise<HttpAnswer | LiveInputProblem> {
  const { tls } = question;
  let ca: Buffer | undefined;
  try {
    if (tls?.caFile != null) ca = await readFile(tls.caFile);
  } catch (error) {
    return toProblem(`the certificate file cannot be read: ${toMessage(error)}`);
  }
  let url = new URL(question.url);
  let wasLocal: boolean | null = null;
  let authorization: string | undefined;
  for (let redirects = 0; ; ) {
    const refused = await question.guard.check(url);
    if (refused !== null) return toProblem(refused);
    const found = await askOnce(url, { ...question, ca, authorization });
    if ('reason' in found) return found;
    const { response, head } = found;
    // Where the answer came from, not what its name says: names can point anywhere.
    if (wasLocal === false && found.isLocal) return toProblem(`it redirects to this machine, ${url.host}`);
    wasLocal ??= found.isLocal;
    const status = response.statusCode ?? 0;
    const location = response.headers.location;
    if (status >= 300 && status < 400 && location !== undefined) {
      if (++redirects > maxRedirects) return toProblem(`it redirects more than ${maxRedirects} times`);
      const next = toNextUrl(url, location);
      if (typeof next === 'string') return toProblem(next);
      url = next;
      authorization = undefined;
      continue;
    }
    const login = toLogin(url);
    if (status === 401 && login !== null && authorization === undefined) {
      const challenge = response.headers['www-authenticate'] ?? '';
      const target = url.pathname + url.search;
      authorization = answerChallenge(challenge, login, { method: 'GET', target }) ?? undefined;
      if (authorization !== undefined) continue;
      return toProblem('the camera asks for a way to log in that is neither Basic nor Digest');
    }
    const refusal = toRefusal(status, response.statusMessage);
    if (refusal !== null) return refusal;
    if (status !== 200)
      return toProblem(`the camera answers ${status} ${response.statusMessage ?? ''}`.trim());
    const length = Number(response.headers['content-length'] ?? Number.NaN);
    return {
      url: url.href,
      mediaType: (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
      bytes: Number.isFinite(length) ? length : null,
      head,
    };
  }
}

interface OneAnswer {
  readonly response: IncomingMessage;
  readonly head: Buffer;
  readonly isLocal: boolean;
}

function askOnce(
  url: URL,
  question: HttpQuestion & { ca: Buffer | undefined; authorization: string | undefined },
): Promise<OneAnswer | LiveInputProblem> {
  const { timeoutMs, authorization, ca, tls } = question;
  return new Promise((resolve) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)({
      host: url.hostname.replaceAll(/^\[|\]$/g, ''),
      port: url.port === '' ? undefined : Number(url.port),
      path: url.pathname + url.search,
      agent: false,
      lookup: question.guard.lookup,
      headers: {
        'user-agent': 'xunjie',
        accept: '*/*',
        host: url.host,
        ...(authorization && { authorization }),
      },
      ...(url.protocol === 'https:' && { ca, rejectUnauthorized: tls?.verify === true }),
    });
    let isAccepted = false;
    request.on('socket', (socket) =>
      socket.once('connect', () => {
        isAccepted = true;
      }),
    );
    // A stream that begins slowly is judged by what has come of it.
    let early: (() => void) | null = null;
    const timer = setTimeout(() => {
      const seconds = Math.round(timeoutMs / 1000);
      if (early !== null) early();
      else if (isAccepted)
        finish({
          kind: 'stalled',
          reason: `${url.host} accepts connections and says nothing for ${seconds} s`,
        });
      else finish(toProblem(`no answer from ${url.host} within ${seconds} s`));
    }, timeoutMs);
    const finish = (outcome: OneAnswer | LiveInputProblem): void => {
      clearTimeout(timer);
      request.destroy();
      resolve(outcome);
    };
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isTls = /CERT|TLS|SSL|SIGNATURE/.test(error.code ?? '');
      finish(toProblem(isTls ? toTlsReason(error) : `${url.host}: ${error.message}`));
    });
    request.on('response', (response) => {
      const isLocal = isLocalAddress(response.socket.remoteAddress ?? '');
      let head = Buffer.alloc(0);
      const done = (): void => finish({ response, head, isLocal });
      early = done;
      response.on('data', (chunk: Buffer) => {
        head = Buffer.concat([head, chunk]);
        if (head.length >= question.wants(head)) done();
      });
      response.on('end', done);
      response.on('error', done);
      if (response.statusCode !== 200) done();
    });
    request.end();
  });
}

/** Loopback and link-local, which also hold what clouds tell their own machines. */
function isLocalAddress(address: string): boolean {
  return /^(?:::ffff:)?(?:127|169\.254|0)\.|^::1$|^fe[89ab]/i.test(address);
}

/** Where to look next, or why not. */
function toNextUrl(from: URL, location: string): URL | string {
  if (!URL.canParse(location, from.href)) return 'it redirects to what is no URL';
  const to = new URL(location, from.href);
  if (!/^https?:$/.test(to.protocol)) return `it redirects to ${to.protocol}//, which is not read`;
  if (from.protocol === 'https:' && to.protocol === 'http:') return 'it redirects from https to http';
  if (to.username === '' && to.host === from.host) {
    to.username = from.username;
    to.password = from.password;
  }
  return to;
}

function toProblem(reason: string): LiveInputProblem {
  return { kind: 'lost', reason };
}
