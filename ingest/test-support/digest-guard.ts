import { createHash, randomBytes } from 'node:crypto';
import { formatResponse, type RtspMessage } from '../../samples/rtsp-camera/mod.ts';
import type { CameraScript } from './scripted-camera/camera-script.ts';

export interface DigestGuardOptions {
  readonly user: string;
  readonly password: string;
  /** A nonce is good for one request (RFC 2069's one-time nonces); `stale`: the refusal says that it is that alone which was wrong. */
  readonly nonces: 'kept' | 'once, stale' | 'once, silent';
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Lets only those requests through that prove the password (RFC 2617 without `qop`, as cameras do); OPTIONS is for everybody. */
export function guardByDigest({ user, password, nonces }: DigestGuardOptions): CameraScript {
  const realm = 'cam';
  const good = new Set<string>();
  return {
    answer(request, right) {
      const [method = '', url = ''] = request.firstLine.split(' ');
      if (method === 'OPTIONS') return right;
      const said = readFields(request);
      const nonce = said.get('nonce') ?? '';
      const expected = md5(
        `${md5(`${user}:${realm}:${password}`)}:${nonce}:${md5(`${method}:${said.get('uri') ?? url}`)}`,
      );
      const isRight = said.get('username') === user && said.get('response') === expected;
      const isKnown = good.has(nonce);
      if (nonces !== 'kept') good.delete(nonce);
      if (isRight && isKnown) return right;
      const fresh = randomBytes(8).toString('hex');
      good.add(fresh);
      const stale = nonces === 'once, stale' && isRight ? ', stale=true' : '';
      return formatResponse(request, '401 Unauthorized', {
        'WWW-Authenticate': `Digest realm="${realm}", nonce="${fresh}"${stale}`,
      });
    },
  };
}

function readFields(request: RtspMessage): ReadonlyMap<string, string> {
  const header = request.headers.get('authorization') ?? '';
  return new Map([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
}
