import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import { type ClientSession, serveClient } from './client-session.ts';
import { readDescription } from './packet-source.ts';
import type { SenderClock } from './sender-clock.ts';

export interface RtspCameraOptions {
  /** A video file whose codec RTP can carry (H.264, H.265, ...). */
  readonly clip: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** Path of the URL, default `/stream`. */
  readonly path?: string;
  /** Begin again at the clip's end; otherwise the connection is closed there. */
  readonly loop: boolean;
  /** Where in the clip a session that begins now is to begin, seconds (the keyframe before it); default the clip's beginning. */
  readonly positionS?: () => number | Promise<number>;
  /** Asked for by HTTP Basic authentication. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Default: this machine's clock, and the clip's own times. */
  readonly clock?: SenderClock;
  readonly logger: Logger;
}

export interface RtspCamera {
  /** With the credentials, where there are any: never print it. */
  readonly url: string;
  /** Resolves when a client was played the clip to its end, or at `stop`. */
  readonly played: Promise<void>;
  /** The processes that send now, one per playing client; for tests that freeze or kill them. */
  senderPids(): number[];
  stop(): Promise<void>;
}

const maxClients = 16;

/**
 * A simulated camera: an RTSP 1.0 server on the loopback interface that plays a clip in real time, from its beginning (or
 * `positionS`) for each client that asks, over TCP-interleaved RTP. Rejects with `not_a_video` when the clip cannot be played, `port_in_use` when the port is taken.
 */
export async function startRtspCamera(options: RtspCameraOptions): Promise<RtspCamera> {
  const path = options.path ?? '/stream';
  if (!/^\/[\w./-]+$/.test(path))
    throw new XunjieError('bad_argument', `"${path}" is no path such as /stream`);
  const sdp = await readDescription(options.clip);
  const sessions = new Set<ClientSession>();
  let markPlayed: () => void = noop;
  const played = new Promise<void>((resolve) => {
    markPlayed = resolve;
  });

  const server = createServer((socket) => {
    const { clip, loop, credentials, logger } = options;
    const session = serveClient(socket, {
      clip,
      loop,
      positionS: options.positionS ?? (() => 0),
      sdp,
      path,
      credentials,
      clock: options.clock ?? {},
      logger,
      onPlayed: () => markPlayed(),
    });
    sessions.add(session);
    // Forgotten only when its sender is gone too, so that `stop` leaves none behind.
    socket.on('close', () => {
      void session.stop().then(() => sessions.delete(session));
    });
  });
  server.maxConnections = maxClients;
  server.listen(options.port ?? 0, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const why = taken ? 'is taken' : `cannot be opened: ${toMessage(error)}`;
    throw new XunjieError('port_in_use', `simulated camera: port ${options.port} ${why}`, { cause: error });
  }
  const { port } = server.address() as AddressInfo;
  const login = options.credentials;
  const user = login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@` : '';

  return {
    url: `rtsp://${user}127.0.0.1:${port}${path}`,
    played,
    senderPids: () => [...sessions].map((session) => session.senderPid()).filter((pid) => pid !== undefined),
    async stop() {
      server.close();
      await Promise.all([...sessions].map((session) => session.stop()));
      if (server.listening) await once(server, 'close');
      markPlayed();
    },
  };
}

function noop(): void {}
