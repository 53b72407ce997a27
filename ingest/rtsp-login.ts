import { connectCamera } from './connect-camera.ts';
import { answerChallenge, type Login } from './http-login.ts';
import type { StreamAddress } from './reach.ts';

/** Which of a camera's ways to log in is taken. */
export type LoginWay =
  /** One that ffmpeg takes by itself, or none is asked for. */
  | { readonly kind: 'ffmpeg' }
  /** One that ffmpeg does not know. */
  | { readonly kind: 'ours' }
  /** None that anybody here knows; `schemes` names them. */
  | { readonly kind: 'unknown'; readonly schemes: string };

const maxHeadBytes = 64 * 1024;

/**
 * Asks a camera, without a password, how it wants to be logged in to. ffmpeg takes the last Digest challenge of an answer, and knows MD5
 * alone: a camera that offers SHA-256 behind it, or only that, would count as one whose password is wrong. `null`: it did not say.
 */
export async function askLoginWay(
  address: StreamAddress,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<LoginWay | null> {
  const head = await askHead(address, timeoutMs, signal);
  if (head === null || !/^RTSP\/1\.\d /.test(head)) return null;
  return /^RTSP\/1\.\d 401\b/.test(head) ? chooseWay(listChallenges(head)) : { kind: 'ffmpeg' };
}

/** The challenges of a response, in order. */
export function listChallenges(head: string): string[] {
  return [...head.matchAll(/^WWW-Authenticate:[ \t]*(.+?)[ \t]*$/gim)].flatMap(([, value]) => value ?? []);
}

/** The answer to the best of them: Digest before Basic, and SHA-256 before MD5; `null` when none is known. */
export function answerBest(
  challenges: readonly string[],
  login: Login,
  request: { readonly method: string; readonly target: string; readonly count: number },
): string | null {
  const rank = (challenge: string): number =>
    toScheme(challenge) === 'Basic' ? 2 : /algorithm="?sha-256\b/i.test(challenge) ? 0 : 1;
  for (const challenge of challenges.toSorted((a, b) => rank(a) - rank(b))) {
    const answer = answerChallenge(challenge, login, request);
    if (answer !== null) return answer;
  }
  return null;
}

function chooseWay(challenges: readonly string[]): LoginWay {
  const schemes = challenges.map(toScheme);
  const last = schemes.findLast((scheme) => scheme.startsWith('Digest')) ?? schemes.at(-1);
  if (last === undefined || last === 'Basic' || /^Digest MD5(?:-sess)?$/i.test(last))
    return { kind: 'ffmpeg' };
  const anybody = { user: '', password: '' };
  const isKnown = answerBest(challenges, anybody, { method: '', target: '', count: 1 }) !== null;
  return isKnown ? { kind: 'ours' } : { kind: 'unknown', schemes: schemes.join(', ') };
}

function toScheme(challenge: string): string {
  const name = /^[\w-]+/.exec(challenge)?.[0] ?? '';
  if (!/^digest$/i.test(name)) return /^basic$/i.test(name) ? 'Basic' : name;
  return `Digest ${/\balgorithm="?([\w-]+)/i.exec(challenge)?.[1] ?? 'MD5'}`;
}

/** The first line and the headers of the answer to a DESCRIBE; `null`: there was none in time. */
function askHead(address: StreamAddress, timeoutMs: number, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connectCamera(address);
    let head = '';
    const finish = (found: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve(found);
    };
    const giveUp = (): void => finish(null);
    const timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener('abort', giveUp, { once: true });
    socket.once(address.scheme === 'rtsps' ? 'secureConnect' : 'connect', () =>
      socket.write(
        `DESCRIBE ${address.target} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\nUser-Agent: Xunjie\r\n\r\n`,
      ),
    );
    socket.on('data', (bytes: Buffer) => {
      head += bytes.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end >= 0) finish(head.slice(0, end));
      else if (head.length > maxHeadBytes) finish(null);
    });
    socket.on('close', giveUp);
    socket.on('error', giveUp);
  });
}
