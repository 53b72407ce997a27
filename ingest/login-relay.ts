import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { connectCamera } from './connect-camera.ts';
import type { Login } from './http-login.ts';
import type { StreamAddress } from './reach.ts';
import { answerBest, listChallenges } from './rtsp-login.ts';
import { createRtspSplitter } from './rtsp-splitter.ts';
import { isSameUser } from './same-user.ts';

export interface LoginRelayOptions {
  /** Where the stream is, by its public name. */
  readonly address: StreamAddress;
  /** Where to connect to for it, when that is a relay in between. */
  readonly via?: Pick<StreamAddress, 'scheme' | 'host' | 'port'>;
  readonly login: Login;
}

export interface LoginRelay {
  /** On the loopback interface, for one connection without a login. */
  readonly port: number;
  close(): Promise<void>;
}

interface Request {
  readonly method: string;
  readonly target: string;
  /** Without login and end. */
  readonly lines: readonly string[];
  readonly body: Buffer;
  /** Answered a refusal once. */
  readonly isSecond: boolean;
}

/**
 * Logs ffmpeg in to a camera in a way that ffmpeg does not know (RFC 7616 with SHA-256): one connection in the clear on the loopback
 * interface, each of whose requests is given its login. A refusal with a new nonce is answered once, and is not passed on. What comes
 * in between, the pictures, goes through as it is.
 */
export async function openLoginRelay(options: LoginRelayOptions): Promise<LoginRelay> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    server.close();
    sockets.add(client);
    client.on('error', () => client.destroy());
    void join(client);
  });
  const join = async (client: Socket): Promise<void> => {
    if (!(await isSameUser(client))) {
      client.destroy();
      return;
    }
    const camera = connectCamera(options.via ?? options.address);
    sockets.add(camera);
    camera.on('error', () => camera.destroy());
    camera.on('close', () => client.destroy());
    client.on('close', () => camera.destroy());
    if (client.destroyed) camera.destroy();
    pass(client, camera, `rtsp://127.0.0.1:${port}`, options);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) server.close();
    },
  };
}

function pass(client: Socket, camera: Socket, ours: string, { address, login }: LoginRelayOptions): void {
  const theirs = address.target.slice(0, address.target.indexOf('/', address.scheme.length + 3));
  let challenges: readonly string[] = [];
  let count = 0;
  let asked: Request | null = null;

  const ask = (request: Request): void => {
    asked = request;
    const { method, target, lines, body } = request;
    const answer = answerBest(challenges, login, { method, target, count: ++count });
    const head = [...lines, ...(answer === null ? [] : [`Authorization: ${answer}`])].join('\r\n');
    send(camera, client, Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]));
  };
  const fromClient = createRtspSplitter({
    onBytes: (bytes) => send(camera, client, bytes),
    onMessage(head, body) {
      const [first = '', ...headers] = head.replace(ours, () => theirs).split('\r\n');
      const [method = '', target = ''] = first.split(' ');
      ask({ method, target, lines: [first, ...headers], body, isSecond: false });
    },
  });
  const fromCamera = createRtspSplitter({
    onBytes: (bytes) => send(client, camera, bytes),
    onMessage(head, body) {
      const offered = /^RTSP\/1\.\d 401\b/.test(head) ? listChallenges(head) : [];
      if (offered.length > 0 && asked !== null && !asked.isSecond) {
        challenges = offered;
        count = 0;
        ask({ ...asked, isSecond: true });
        return;
      }
      send(client, camera, Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]));
    },
  });
  client.on('data', fromClient);
  camera.on('data', fromCamera);
}

/** Passes on no faster than the other side takes it. */
function send(to: Socket, from: Socket, bytes: Buffer): void {
  if (!to.writable || to.write(bytes)) return;
  from.pause();
  to.once('drain', () => from.resume());
}
