import { createHash, randomBytes } from 'node:crypto';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** User and password of a URL, decoded; `null` when it names none. */
export function toLogin({ username, password }: URL): Login | null {
  return username === '' ? null : { user: decode(username), password: decode(password) };
}

/**
 * The `Authorization` header that answers a challenge (RFC 7617 Basic, RFC 7616 Digest with MD5 or SHA-256); `null` when none of the
 * challenge's schemes is known. Digest is preferred: it does not give the password away. `count`: which request it is with that
 * challenge's nonce, default the first.
 */
export function answerChallenge(
  challenge: string,
  login: Login,
  request: { readonly method: string; readonly target: string; readonly count?: number },
  clientNonce: string = randomBytes(8).toString('hex'),
): string | null {
  const digest = /\bDigest\s+(.*)/is.exec(challenge)?.[1];
  if (digest !== undefined) return answerDigest(digest, login, request, clientNonce);
  if (!/\bBasic\b/i.test(challenge)) return null;
  return `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
}

function answerDigest(
  text: string,
  { user, password }: Login,
  { method, target, count: times = 1 }: { method: string; target: string; count?: number },
  clientNonce: string,
): string | null {
  const fields = new Map(
    [...text.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map((found) => [
      (found[1] ?? '').toLowerCase(),
      found[2] ?? found[3] ?? '',
    ]),
  );
  const algorithm = fields.get('algorithm') ?? 'MD5';
  const hashName = { md5: 'md5', 'sha-256': 'sha256' }[algorithm.toLowerCase()];
  const [realm, nonce] = [fields.get('realm') ?? '', fields.get('nonce')];
  if (hashName === undefined || nonce === undefined) return null;
  const hash = (value: string): string => createHash(hashName).update(value).digest('hex');
  const [secret, asked] = [hash(`${user}:${realm}:${password}`), hash(`${method}:${target}`)];
  const isQop = (fields.get('qop') ?? '').split(/[\s,]+/).includes('auth');
  const count = times.toString(16).padStart(8, '0');
  const response = isQop
    ? hash([secret, nonce, count, clientNonce, 'auth', asked].join(':'))
    : hash([secret, nonce, asked].join(':'));
  const quoted = { username: user, realm, nonce, uri: target, response };
  const parts = Object.entries(quoted).map(
    ([name, value]) => `${name}="${value.replaceAll(/(["\\])/g, '\\$1')}"`,
  );
  if (fields.has('algorithm')) parts.push(`algorithm=${algorithm}`);
  if (isQop) parts.push('qop=auth', `nc=${count}`, `cnonce="${clientNonce}"`);
  const opaque = fields.get('opaque');
  if (opaque !== undefined) parts.push(`opaque="${opaque}"`);
  return `Digest ${parts.join(', ')}`;
}

/** Percent-decoded; as it stands where it is no valid encoding. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
