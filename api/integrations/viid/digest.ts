import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const realm = 'xunjie';
const nonceMs = 60_000;

/** What an `Authorization: Digest` header says; the secret is asked for by user name. */
export interface DigestAnswer {
  readonly username: string;
  readonly nonce: string;
  readonly uri: string;
  readonly nc: string;
  readonly cnonce: string;
  readonly response: string;
}

export interface Digest {
  /** For `WWW-Authenticate`. */
  makeChallenge(nowMs: number): string;
  /** Whether the answer fits the secret, this request, and a challenge of the last minute. Each answer is good once. */
  check(answer: DigestAnswer, secret: string, method: string, url: string, nowMs: number): boolean;
}

/** HTTP Digest (RFC 7616) with qop=auth and MD5, which is what GA/T 1400 registers with. Nonces carry their time, signed. */
export function createDigest(): Digest {
  const key = randomBytes(32);
  const used = new Map<string, number>();
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  return {
    makeChallenge(nowMs) {
      const stamp = `${nowMs}.${randomBytes(9).toString('base64url')}`;
      return `Digest realm="${realm}", qop="auth", algorithm=MD5, nonce="${stamp}.${sign(stamp)}"`;
    },
    check(answer, secret, method, url, nowMs) {
      const { username, nonce, uri, nc, cnonce, response } = answer;
      const [time = '', random = '', mac = ''] = nonce.split('.');
      const isOurs = isSame(mac, sign(`${time}.${random}`));
      const ageMs = nowMs - Number(time);
      if (!isOurs || !(ageMs >= 0 && ageMs <= nonceMs) || uri !== url) return false;
      for (const [known, untilMs] of used) if (untilMs < nowMs) used.delete(known);
      if (used.has(`${nonce} ${nc}`)) return false;
      const ha1 = md5(`${username}:${realm}:${secret}`);
      const ha2 = md5(`${method}:${uri}`);
      if (!isSame(response, md5(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`))) return false;
      used.set(`${nonce} ${nc}`, nowMs + nonceMs);
      return true;
    },
  };
}

/** Reads the header; `null` for none that is complete. */
export function parseDigestAnswer(header: string | undefined): DigestAnswer | null {
  if (header === undefined || header.length > 4096 || !/^Digest\s/i.test(header)) return null;
  const fields = new Map(
    [...header.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,"]+))/g)].map(([, name, quoted, plain]) => [
      (name ?? '').toLowerCase(),
      quoted ?? plain ?? '',
    ]),
  );
  const read = (name: string): string => fields.get(name) ?? '';
  const answer = {
    username: read('username'),
    nonce: read('nonce'),
    uri: read('uri'),
    nc: read('nc'),
    cnonce: read('cnonce'),
    response: read('response').toLowerCase(),
  };
  return Object.values(answer).every((value) => value !== '') ? answer : null;
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
