import { createHash, randomBytes } from 'node:crypto';
import { formatResponse, type RtspMessage } from '../../samples/rtsp-camera/mod.ts';
import type { CameraScript } from './scripted-camera/camera-script.ts';

export interface DigestGuardOptions {
  readonly user: string;
  readonly password: string;
  /** A nonce is good for one request (RFC 2069's one-time nonces); `stale`: the refusal says that it is that alone which was wrong. */
  readonly nonces: 'kept' | 'once, stale' | 'once, silent';
  /** What is offered, in this order; default: MD5, as cameras that know nothing else do, without naming it. */
  readonly algorithms?: readonly ('MD5' | 'SHA-256')[];
}

/** Lets only those requests through that prove the password (RFC 7616 without `qop`, as cameras do); OPTIONS is for everybody. */
export function guardByDigest({ user, password, nonces, algorithms }: DigestGuardOptions): CameraScript {
  const realm = 'cam';
  const good = new Set<string>();
  return {
    answer(request, right) {
      const [method = '', url = ''] = request.firstLine.split(' ');
      if (method === 'OPTIONS') return right;
      const said = readFields(request);
      const nonce = said.get('nonce') ?? '';
      const algorithm = /algorithm="?(MD5|SHA-256)/.exec(request.headers.get('authorization') ?? '')?.[1];
      const hash = (text: string): string =>
        createHash(algorithm === 'SHA-256' ? 'sha256' : 'md5')
          .update(text)
          .digest('hex');
      const expected = hash(
        `${hash(`${user}:${realm}:${password}`)}:${nonce}:${hash(`${method}:${said.get('uri') ?? url}`)}`,
      );
      const isOffered = algorithms === undefined || algorithms.some((one) => one === algorithm);
      const isRight = said.get('username') === user && said.get('response') === expected;
      const isKnown = good.has(nonce);
      if (nonces !== 'kept') good.delete(nonce);
      if (isRight && isKnown && isOffered) return right;
      const fresh = randomBytes(8).toString('hex');
      good.add(fresh);
      const stale = nonces === 'once, stale' && isRight ? ', stale=true' : '';
      const challenge = `Digest realm="${realm}", nonce="${fresh}"${stale}`;
      const challenges = algorithms?.map((one) => `${challenge}, algorithm=${one}`) ?? [challenge];
      return formatResponse(request, '401 Unauthorized', {
        'WWW-Authenticate': challenges.join('\r\nWWW-Authenticate: '),
      });
    },
  };
}

function readFields(request: RtspMessage): ReadonlyMap<string, string> {
  const header = request.headers.get('authorization') ?? '';
  return new Map([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
}
