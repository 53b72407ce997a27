import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { toMessage } from '../domain/mod.ts';
import type { LiveInputProblem } from './live-input.ts';
import { isSameUser } from './same-user.ts';

export interface TlsRelayOptions {
  readonly host: string;
  readonly port: number;
  /** PEM file; `null`: the system's authorities. */
  readonly caFile: string | null;
  readonly timeoutMs: number;
}

export interface TlsRelay {
  /** On the loopback interface, for one connection in the clear. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * One connection to a camera whose certificate was checked, handed to ffmpeg in the clear on the loopback interface: ffmpeg's own RTSP
 * takes any certificate. Says what is wrong when the certificate is not good.
 */
export async function openTlsRelay(options: TlsRelayOptions): Promise<TlsRelay | LiveInputProblem> {
  const checked = await connectChecked(options);
  if ('reason' in checked) return checked;
  const { camera } = checked;
  const server = createServer((client) => {
    server.close();
    client.on('error', () => camera.destroy());
    client.on('close', () => camera.destroy());
    void join(client, camera);
  });
  camera.on('error', () => camera.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let client: Socket | null = null;
  server.on('connection', (socket) => {
    client = socket;
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      camera.destroy();
      client?.destroy();
      if (server.listening) server.close();
    },
  };
}

async function join(client: Socket, camera: TLSSocket): Promise<void> {
  if (!(await isSameUser(client))) {
    client.destroy();
    return;
  }
  camera.on('close', () => client.destroy());
  if (camera.destroyed) client.destroy();
  client.pipe(camera).pipe(client);
}

async function connectChecked(options: TlsRelayOptions): Promise<{ camera: TLSSocket } | LiveInputProblem> {
  const { host, port, caFile, timeoutMs } = options;
  let ca: Buffer | undefined;
  try {
    if (caFile !== null) ca = await readFile(caFile);
  } catch (error) {
    return { kind: 'lost', reason: `the certificate file cannot be read: ${toMessage(error)}` };
  }
  return new Promise((resolve) => {
    const camera = connect({ host, port, ca, ...(isIP(host) === 0 && { servername: host }) });
    const refuse = (reason: string): void => {
      camera.destroy();
      resolve({ kind: 'lost', reason });
    };
    camera.setTimeout(timeoutMs, () => refuse(`no TLS answer from ${host}:${port} within ${timeoutMs} ms`));
    camera.once('error', (error: NodeJS.ErrnoException) => refuse(toTlsReason(error)));
    camera.once('secureConnect', () => {
      camera.setTimeout(0);
      camera.removeAllListeners('error');
      camera.setNoDelay(true);
      resolve({ camera });
    });
  });
}

/** Node's error on a certificate, in words for who set it up. */
export function toTlsReason(error: NodeJS.ErrnoException): string {
  switch (error.code ?? '') {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'the certificate is self-signed and not in tls.caFile';
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'the certificate comes from an unknown authority';
    case 'CERT_HAS_EXPIRED':
      return 'the certificate has expired';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate is for another name: ${error.message.split('. ')[1] ?? error.message}`;
    default:
      return `TLS: ${error.message}`;
  }
}
