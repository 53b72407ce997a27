import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { EncodedClip } from './access-units.ts';
import type { CameraScript } from './camera-script.ts';
import { type ScriptedSession, serveSession } from './scripted-session.ts';
import { openUdpPair } from './udp-pair.ts';

export interface ScriptedCameraOptions {
  /** The same pictures in several encodings, all of one length, each picture `frameMs` after the one before; again and again. */
  readonly clips: readonly EncodedClip[];
  readonly frameMs: number;
  readonly script?: CameraScript;
  /** Seconds after which a session without a request is over, as the camera says; default 60. It is not looked after. */
  readonly sessionTimeoutS?: number;
}

/**
 * An RTSP 1.0 camera on the loopback interface that sends H.264 or H.265 over TCP or UDP as it should, or as its script says. It films
 * on whether somebody looks or not: picture n is captured at `startedAtMs + n * frameMs`, whoever is sent it, and is the clip's frame n
 * (modulo its length).
 */
export interface ScriptedCamera {
  readonly port: number;
  readonly url: string;
  readonly startedAtMs: number;
  /** By how much that time is not when the picture of a clip's frame `number` was captured. */
  toErrorMs(capturedAtMs: number, number: number): number;
  /** First lines of all requests. */
  readonly requests: readonly string[];
  setScript(script: CameraScript): void;
  /** Writes to all clients' connections. */
  say(text: string): void;
  /** Sends all clients this packet of their stream. */
  sendControl(toBytes: (ssrc: number) => Buffer): void;
  /** Begins all streams anew, as another sender: SSRC, sequence numbers and times have nothing to do with those before. */
  beginAnew(): void;
  closeSessions(): void;
  stop(): Promise<void>;
}

const tickMs = 20;

export async function startScriptedCamera(options: ScriptedCameraOptions): Promise<ScriptedCamera> {
  const { clips, frameMs } = options;
  let script = options.script ?? {};
  const sessions = new Set<ScriptedSession>();
  const requests: string[] = [];
  const udp = await openUdpPair();
  const startedAtMs = Date.now();
  const server = createServer((socket: Socket) => {
    const session = serveSession(socket, {
      clips,
      frameMs,
      startedAtMs,
      sessionTimeoutS: options.sessionTimeoutS ?? 60,
      udp,
      script: () => script,
      onRequest: (line) => requests.push(line),
    });
    sessions.add(session);
    socket.on('close', () => {
      session.close();
      sessions.delete(session);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const timer = setInterval(() => {
    for (const session of sessions) session.send(Date.now());
  }, tickMs);
  return {
    port,
    url: `rtsp://127.0.0.1:${port}/cam`,
    startedAtMs,
    requests,
    toErrorMs(capturedAtMs, number) {
      const lengthMs = (clips[0]?.units.length ?? 0) * frameMs;
      const offMs = capturedAtMs - startedAtMs - number * frameMs;
      return offMs - Math.round(offMs / lengthMs) * lengthMs;
    },
    setScript(next) {
      script = next;
    },
    say(text) {
      for (const session of sessions) session.say(text);
    },
    sendControl(toBytes) {
      for (const session of sessions) session.sendControl(toBytes);
    },
    beginAnew() {
      for (const session of sessions) session.beginAnew();
    },
    closeSessions() {
      for (const session of sessions) session.close();
    },
    async stop() {
      clearInterval(timer);
      const closed = once(server, 'close');
      server.close();
      for (const session of sessions) session.close();
      await closed;
      udp.close();
    },
  };
}
