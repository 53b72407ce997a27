import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFfmpegsOf, listChildren } from '../../ingest/test-support/children.ts';
import { makeCounterClip } from '../../ingest/test-support/counter-clip.ts';
import { flipBytes, startTcpProxy, type TcpProxy } from '../../ingest/test-support/tcp-proxy.ts';
import {
  findTimeFaults,
  type SeenFrame,
  type WatchedCamera,
  watchCamera,
} from '../../ingest/test-support/watched-camera.ts';
import { type GstRtspServer, startGstRtspServer } from './gst-rtsp-server.ts';

export interface SoakOptions {
  readonly forMs: number;
  readonly cameras: number;
  /** Told of each fault that is over. */
  readonly onRecovery?: (camera: number, fault: string, tookMs: number) => void;
}

export interface SoakFigures {
  readonly rssStartMb: number;
  readonly rssEndMb: number;
  /** Of a straight line through all samples after the warm-up. */
  readonly slopeMbPerHour: number;
  readonly leakedProcesses: number;
  readonly recoveries: number;
  readonly maxRecoveryS: number;
  /** Frames whose time was not theirs. */
  readonly timeFaults: number;
}

/** A camera with its server, and a relay between the two for the faults of the way. */
interface Stage {
  server: GstRtspServer;
  readonly clip: string;
  readonly proxy: TcpProxy;
  readonly live: WatchedCamera;
}

/** Each makes its fault, waits, and ends it. */
const faults: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async 'server gone'(stage) {
    const { port } = stage.server;
    await stage.server.stop();
    await delay(5000);
    stage.server = await startGstRtspServer({ mounts: [{ path: '/a', file: stage.clip }], port });
  },
  async 'connection cut'({ proxy }) {
    proxy.cut();
  },
  async 'packets damaged'({ proxy }) {
    proxy.setDamage(flipBytes(0.05));
    await delay(6000);
    proxy.setDamage(null);
  },
  async 'server stopped'({ server }) {
    server.signal('SIGSTOP');
    await delay(11_000);
    server.signal('SIGCONT');
  },
  async 'ffmpeg killed'({ proxy }) {
    for (const pid of await findFfmpegsOf(proxy.port)) process.kill(pid, 'SIGKILL');
  },
  async 'all bytes damaged'({ proxy }) {
    proxy.setDamage(flipBytes(0.05, 0), 'raw');
    await delay(4000);
    proxy.setDamage(null);
  },
  async 'a mute server'({ server, proxy }) {
    const sockets = new Set<Socket>();
    const mute = await listenMutely(sockets);
    proxy.setTarget((mute.address() as { port: number }).port);
    proxy.cut();
    await delay(5000);
    proxy.setTarget(server.port);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
  },
};

async function listenMutely(sockets: Set<Socket>): Promise<Server> {
  const mute = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  return mute;
}

const calmMs = 3000;
const sampleMs = 2000;

/** Cameras that record, each under one fault after the other. Needs GStreamer's RTSP server. */
export async function soakInFaults(options: SoakOptions): Promise<SoakFigures> {
  const folder = await mkdtemp(path.join(tmpdir(), 'xunjie-soak-'));
  const clip = await makeCounterClip({
    file: path.join(folder, 'clip.mp4'),
    seconds: 90,
    frameRate: 10,
    gop: 10,
  });
  const stages: Stage[] = [];
  for (let i = 0; i < options.cameras; i++)
    stages.push(await openStage(clip, path.join(folder, `ring-${i}`)));
  const until = Date.now() + options.forMs;
  const samples: { atMs: number; rssMb: number }[] = [];
  const sampler = setInterval(() => {
    // With --expose-gc what remains is measured, not what waits to be collected.
    (globalThis as { gc?: () => void }).gc?.();
    samples.push({ atMs: Date.now(), rssMb: process.memoryUsage().rss / 1024 ** 2 });
  }, sampleMs);
  const tookMs: number[] = [];
  let timeFaults = 0;

  const rotate = async (stage: Stage, camera: number): Promise<void> => {
    const names = Object.keys(faults);
    for (let turn = camera; Date.now() < until; turn++) {
      const fault = names[turn % names.length] as string;
      await faults[fault]?.(stage);
      const endedAtMs = Date.now();
      await stage.live.waitForNextFrame();
      await stage.live.waitForState('live');
      tookMs.push(Date.now() - endedAtMs);
      options.onRecovery?.(camera, fault, Date.now() - endedAtMs);
      timeFaults += findTimeFaults(stage.live.frames).length;
      // What was seen is not kept: it would look like a leak.
      (stage.live.frames as SeenFrame[]).splice(0, stage.live.frames.length - 1);
      await delay(calmMs);
    }
  };
  await Promise.all(stages.map(rotate));
  clearInterval(sampler);
  for (const { live, proxy, server } of stages) {
    await live.camera.stop();
    await proxy.stop();
    await server.stop();
  }
  const leakedProcesses = (await listChildren()).filter((name) => name === 'ffmpeg').length;
  await rm(folder, { recursive: true, force: true });
  const warm = samples.filter(
    ({ atMs }) => atMs - (samples[0]?.atMs ?? 0) > Math.min(120_000, options.forMs / 4),
  );
  return {
    rssStartMb: Math.round(warm[0]?.rssMb ?? 0),
    rssEndMb: Math.round(warm.at(-1)?.rssMb ?? 0),
    slopeMbPerHour: Math.round(toSlope(warm) * 3_600_000 * 10) / 10,
    leakedProcesses,
    recoveries: tookMs.length,
    maxRecoveryS: Math.round(Math.max(0, ...tookMs) / 100) / 10,
    timeFaults,
  };
}

async function openStage(clip: string, ringDir: string): Promise<Stage> {
  const server = await startGstRtspServer({ mounts: [{ path: '/a', file: clip }] });
  const proxy = await startTcpProxy(server.port);
  const live = await watchCamera(`rtsp://127.0.0.1:${proxy.port}/a`, {
    ring: { dir: ringDir, maxAgeMs: 60_000, maxBytes: 64 * 1024 ** 2 },
  });
  await live.waitForFrames(1);
  return { server, clip, proxy, live };
}

/** Least squares: megabytes per millisecond. */
function toSlope(samples: readonly { atMs: number; rssMb: number }[]): number {
  const [meanX, meanY] = [mean(samples.map(({ atMs }) => atMs)), mean(samples.map(({ rssMb }) => rssMb))];
  let [xy, xx] = [0, 0];
  for (const { atMs, rssMb } of samples) {
    xy += (atMs - meanX) * (rssMb - meanY);
    xx += (atMs - meanX) ** 2;
  }
  return xx === 0 ? 0 : xy / xx;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
