import type { Socket } from 'node:net';
import { XunjieError } from '../domain/mod.ts';
import { redact } from '../platform/mod.ts';
import { connectCamera, isTlsScheme } from './connect-camera.ts';

/** Where a stream is asked for. */
export interface StreamAddress {
  readonly scheme: 'rtsp' | 'rtsps' | 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** What is asked for, without user and password. */
  readonly target: string;
}

/** Why a camera cannot be connected to. `away`: nobody is there; `mute`: it accepts connections and says nothing. */
export interface ReachProblem {
  readonly kind: 'away' | 'mute';
  /** One line without secrets. */
  readonly reason: string;
}

export interface ReachWaits {
  /** Longest wait for the connection. */
  readonly reachMs: number;
  /** Longest wait for an answer on it. */
  readonly silentMs: number;
}

const defaultPorts = { rtsp: 554, rtsps: 322, http: 80, https: 443 } as const;

/** Throws `bad_argument` when it is no URL of a stream. */
export function parseStreamAddress(camera: string, url: string): StreamAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const scheme = parsed?.protocol.slice(0, -1) as StreamAddress['scheme'] | undefined;
  if (parsed === null || scheme === undefined || !Object.hasOwn(defaultPorts, scheme) || !parsed.hostname)
    throw new XunjieError(
      'bad_argument',
      `camera "${camera}": its address is no URL such as rtsp://host/path: ${redact(url)}`,
    );
  const port = Number(parsed.port) || defaultPorts[scheme];
  const target = `${scheme}://${parsed.host}${parsed.pathname}${parsed.search}`;
  return { scheme, host: parsed.hostname.replaceAll(/^\[|\]$/g, ''), port, target };
}

/** A camera that says nothing is asked anew so often in that time: what it let go unanswered it may never answer, though it is well again. */
const questions = 4;

/**
 * Asks a camera whether it is there: a TCP (or TLS) connection and, with RTSP, one OPTIONS round trip, without credentials. A thousandth
 * of what an ffmpeg costs, so that it can be asked every few seconds; `null` when it answers, or when `signal` ends the asking. One
 * that accepts and says nothing is asked on further connections, while the first ones go on waiting.
 */
export function findReachProblem(
  address: StreamAddress,
  waits: ReachWaits,
  signal: AbortSignal,
): Promise<ReachProblem | null> {
  const { scheme, host, port } = address;
  const place = toPlace(host, port);
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(null);
      return;
    }
    const sockets = new Set<Socket>();
    let isAccepted = false;
    let isThere = false;
    let timer: NodeJS.Timeout;
    let again: NodeJS.Timeout | undefined;
    const finish = (problem: ReachProblem | null): void => {
      clearTimeout(timer);
      clearInterval(again);
      signal.removeEventListener('abort', giveUp);
      for (const socket of sockets) socket.destroy();
      resolve(problem);
    };
    const giveUp = (): void => finish(null);
    signal.addEventListener('abort', giveUp, { once: true });
    const toMute = (ms: number): ReachProblem => ({
      kind: 'mute',
      reason: `${place} accepts connections and says nothing for ${toSeconds(ms)} s`,
    });
    timer = setTimeout(() => {
      const reason = `no answer from ${place} within ${toSeconds(waits.reachMs)} s`;
      // A connection may be there that TLS is not spoken on.
      finish(isAccepted ? toMute(waits.reachMs) : { kind: 'away', reason });
    }, waits.reachMs);
    const onConnect = (socket: Socket): void => {
      if (scheme === 'http' || scheme === 'https') {
        finish(null);
        return;
      }
      socket.write(`OPTIONS ${address.target} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Xunjie\r\n\r\n`);
      if (isThere) return;
      isThere = true;
      clearTimeout(timer);
      timer = setTimeout(() => finish(toMute(waits.silentMs)), waits.silentMs);
    };
    const ask = (): void => {
      // Nothing secret is sent: whether certificate and cipher are good is for the stream's own connection to judge.
      const socket = connectCamera(address);
      sockets.add(socket);
      // A further connection that a camera does not want says nothing of the one that still waits.
      const fail = (reason: string): void => {
        socket.destroy();
        sockets.delete(socket);
        if (sockets.size === 0) finish({ kind: 'away', reason });
      };
      socket.once('connect', () => {
        isAccepted = true;
        again ??= setInterval(ask, waits.silentMs / questions);
      });
      socket.once(isTlsScheme(scheme) ? 'secureConnect' : 'connect', () => onConnect(socket));
      // Any answer will do; a refusal (401) is one as well.
      socket.once('data', () => finish(null));
      socket.once('end', () => fail(`${place} closes the connection at once`));
      socket.on('error', (error: NodeJS.ErrnoException) => fail(toReason(error, host, port)));
    };
    ask();
  });
}

/** As an address has them. */
function toPlace(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function toReason(error: NodeJS.ErrnoException, host: string, port: number): string {
  const place = toPlace(host, port);
  switch (error.code ?? '') {
    case 'ECONNREFUSED':
      return `${place} refuses connections`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `${place} closes the connection at once`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `no such host: ${host}`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${host} cannot be reached from here`;
    default:
      return `${place}: ${error.message}`;
  }
}

function toSeconds(ms: number): number {
  return Math.round(ms / 1000);
}
