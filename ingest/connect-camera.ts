import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { StreamAddress } from './reach.ts';

export const isTlsScheme = (scheme: StreamAddress['scheme']): boolean =>
  scheme === 'rtsps' || scheme === 'https';

/** A connection to a camera; where it is of TLS, made as ffmpeg makes it, which takes any certificate and any cipher. */
export function connectCamera({ scheme, host, port }: Omit<StreamAddress, 'target'>): Socket {
  return isTlsScheme(scheme)
    ? connectTls({
        host,
        port,
        rejectUnauthorized: false,
        minVersion: 'TLSv1',
        ciphers: 'DEFAULT:@SECLEVEL=0',
        ...(isIP(host) === 0 && { servername: host }),
      })
    : connect({ host, port });
}
