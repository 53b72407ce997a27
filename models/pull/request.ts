import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { connect as connectTls } from 'node:tls';
import { XunjieError } from '../../domain/mod.ts';

/** The server answered, and not with the file. */
export class AnswerError extends Error {
  override name = 'AnswerError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface RequestLimits {
  /** Longest silence, before the answer and within it. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

const maxRedirects = 5;

/**
 * Asks for a file and follows redirects: within a host as they come, to another host over https alone.
 * The caller reads or destroys the answer. @throws AnswerError (4xx, 5xx), XunjieError `source_failed` (redirects), and
 * the network's own errors.
 */
export async function requestFile(
  address: string,
  headers: Readonly<Record<string, string>>,
  limits: RequestLimits,
): Promise<IncomingMessage> {
  let url = new URL(address);
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const answer = await ask(url, headers, limits);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (status < 300 || status === 304 || (status < 400 && location === undefined)) {
      if (status === 200 || status === 206) return answer;
      answer.destroy();
      throw new AnswerError(status, `${url.host} answered ${status}`);
    }
    answer.destroy();
    if (status >= 400) throw new AnswerError(status, `${url.host} answered ${status} for ${url.pathname}`);
    url = follow(url, location ?? '');
  }
  throw new XunjieError('source_failed', `${address}: more than ${maxRedirects} redirects`);
}

function follow(from: URL, location: string): URL {
  let to: URL;
  try {
    to = new URL(location, from);
  } catch {
    throw new XunjieError('source_failed', `${from.host} redirects to "${location}", which is no address`);
  }
  const isHttp = to.protocol === 'https:' || to.protocol === 'http:';
  const isWeaker = to.protocol !== 'https:' && (to.host !== from.host || from.protocol === 'https:');
  if (!isHttp || isWeaker)
    throw new XunjieError(
      'source_failed',
      `${from.host} redirects to ${to.protocol}//${to.host}; another host is followed over https only`,
    );
  return to;
}

async function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { silenceMs, signal }: RequestLimits,
): Promise<IncomingMessage> {
  const proxy = findProxy(url, process.env);
  const createConnection = proxy === null ? undefined : await openTunnel(proxy, url, silenceMs, signal);
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'https:' ? https : http;
    const request = client.get(
      url,
      {
        headers: { 'user-agent': 'xunjie', 'accept-encoding': 'identity', ...headers },
        signal,
        timeout: silenceMs,
        agent: false,
        ...(createConnection && { createConnection }),
      },
      resolve,
    );
    request.on('timeout', () =>
      request.destroy(new Error(`${url.host} was silent for ${Math.round(silenceMs / 1000)} s`)),
    );
    request.on('error', reject);
  });
}

/** HTTPS_PROXY and NO_PROXY, as curl reads them; plain http is for mirrors inside, which no proxy knows. */
export function findProxy(url: URL, env: NodeJS.ProcessEnv): URL | null {
  if (url.protocol !== 'https:') return null;
  const text = env['https_proxy'] ?? env['HTTPS_PROXY'] ?? env['all_proxy'] ?? env['ALL_PROXY'] ?? '';
  if (text === '') return null;
  const exempt = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(',').map((each) => each.trim());
  const isExempt = exempt.some(
    (each) =>
      each === '*' ||
      (each !== '' &&
        (url.hostname === each.replace(/^\./, '') || url.hostname.endsWith(`.${each.replace(/^\./, '')}`))),
  );
  if (isExempt) return null;
  try {
    const proxy = new URL(text.includes('://') ? text : `http://${text}`);
    if (proxy.protocol === 'http:') return proxy;
  } catch {
    // said below
  }
  throw new XunjieError('bad_argument', 'HTTPS_PROXY: expected http://HOST:PORT');
}

type OpenConnection = NonNullable<http.RequestOptions['createConnection']>;

async function openTunnel(
  proxy: URL,
  url: URL,
  silenceMs: number,
  signal: AbortSignal,
): Promise<OpenConnection> {
  const target = `${url.hostname}:${url.port || 443}`;
  const { username, password } = proxy;
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: proxy.hostname,
      port: proxy.port || 80,
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(username !== '' && { 'proxy-authorization': `Basic ${login.toString('base64')}` }),
      },
      signal,
      timeout: silenceMs,
      agent: false,
    });
    request.on('connect', (answer, socket) => {
      if (answer.statusCode !== 200) {
        socket.destroy();
        reject(new Error(`the proxy ${proxy.host} refuses ${target}: ${answer.statusCode}`));
        return;
      }
      resolve(() => connectTls({ socket, servername: url.hostname }));
    });
    request.on('timeout', () => request.destroy(new Error(`the proxy ${proxy.host} does not answer`)));
    request.on('error', (error) => reject(new Error(`the proxy ${proxy.host}: ${error.message}`)));
    request.end();
  });
}
