import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CameraState, FootageFrame } from '../domain/mod.ts';
import { createLogger } from '../platform/mod.ts';
import { startRtspCamera } from '../samples/rtsp-camera/mod.ts';
import { type LiveTiming, liveTiming } from './live-timing.ts';
import { type CameraOptions, type Frame, openCamera } from './mod.ts';
import { listChildren } from './test-support/children.ts';
import { makeCounterClip, readCounter } from './test-support/counter-clip.ts';
import { startTcpProxy } from './test-support/tcp-proxy.ts';
import { readBurnt, type SeenFrame, type WatchedCamera, watchCamera } from './test-support/watched-camera.ts';

const logger = createLogger('silent');
let folder = '';
let clip = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-live-'));
  clip = await makeCounterClip({ file: path.join(folder, 'clip.mp4'), seconds: 8, gop: 25 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const quick: LiveTiming = {
  ...liveTiming,
  silentMs: 5000,
  firstPictureMs: 8000,
  settleMs: 1500,
  watchMs: 100,
  reachMs: 2000,
  unauthorizedRetryMs: 300,
  toBackoffMs: () => 100,
  segmentMs: 2000,
  pruneMs: 500,
};

/** Four at a time: no watchdog may bite because the machine is busy. */
const patient: LiveTiming = { ...quick, silentMs: 10_000, firstPictureMs: 15_000 };

/** Opens a camera with the short waits. */
const watch = (url: string, over: Partial<CameraOptions> = {}, timing = quick): Promise<WatchedCamera> =>
  watchCamera(url, over, timing);

/** The states that it went through, and what was said. */
const listStates = ({ changes }: WatchedCamera): CameraState[] =>
  changes.map(({ state }) => state).filter((state, i) => state !== changes[i - 1]?.state);
const listReasons = ({ changes }: WatchedCamera): string[] => changes.map(({ reason }) => reason);

async function readPng(png: FootageFrame): Promise<number> {
  const { data, info } = await sharp(png.bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([320, 180]);
  return readCounter(data, info.width, info.height);
}

/** The file's frames by their time, read back as a file camera would. */
async function readNumbers(file: string): Promise<Map<number, number>> {
  const numbers = new Map<number, number>();
  const camera = await openCamera({
    id: 'check',
    source: { kind: 'file', path: file, realTime: false, startedAtMs: 0 },
    ring: null,
    maxPixelWidth: 320,
    maxPixelHeight: 320,
    onsetMs: 1000,
    async onFrame(frame) {
      numbers.set(frame.ptsMs, readBurnt(frame));
    },
    onHealth() {},
    restart: 'until_end',
    logger,
  });
  await camera.done;
  return numbers;
}

describe.concurrent('live frames bear their own time, and the ring gives the same frames back', () => {
  test.each([
    { name: 'keyframes only', onsetMs: 60_000, bFrames: 0, atLeast: 3 },
    { name: 'keyframes only, B-frames', onsetMs: 60_000, bFrames: 2, atLeast: 3 },
    { name: 'full decode because keyframes are too sparse', onsetMs: 1000, bFrames: 0, atLeast: 10 },
    { name: 'full decode, B-frames', onsetMs: 1000, bFrames: 2, atLeast: 10 },
  ])('$name', { timeout: 90_000 }, async ({ onsetMs, bFrames, atLeast }) => {
    const file = path.join(folder, `live-${onsetMs}-${bFrames}.mp4`);
    await makeCounterClip({ file, seconds: 6, gop: 25, bFrames });
    const sender = await startRtspCamera({ clip: file, loop: false, logger });
    const openedAtMs = Date.now();
    const ring = { dir: path.join(folder, `ring-${onsetMs}-${bFrames}`), maxAgeMs: 60_000, maxBytes: 1e9 };
    const live = await watch(sender.url, { onsetMs, ring, restart: 'until_end' }, patient);
    await live.waitForFrames(3);
    // The newest frame's segment is still being written.
    const newest = live.frames.at(-1)?.frame as Frame;
    expect(await readPng(await live.camera.footage.readFrame(newest.ptsMs))).toBe(readBurnt(newest));
    await live.camera.done;
    await sender.stop();

    expect(listStates(live).at(-1)).toBe('ended');

    // Each connection is played the clip from its beginning.
    const lastStart = live.frames.findLastIndex(
      ({ frame }, i) => readBurnt(frame) <= readBurnt(live.frames[i - 1]?.frame ?? frame),
    );
    const frames = live.frames.slice(lastStart);
    const [first] = frames;
    expect(frames.length).toBeGreaterThanOrEqual(atLeast);
    for (const { frame, arrivedAtMs } of frames) {
      const sinceFirst = (readBurnt(frame) - readBurnt(first?.frame as Frame)) * 40;
      expect(Math.abs(frame.ptsMs - (first?.frame.ptsMs ?? 0) - sinceFirst)).toBeLessThanOrEqual(1);
      expect(frame).toMatchObject({ width: 320, pixelWidth: 160 });
      // The sender's own clock is this machine's; what it says may come to be used meanwhile.
      expect(Math.abs(frame.capturedAtMs - frame.ptsMs)).toBeLessThanOrEqual(1000);
      expect(frame.clockErrorMs).toBeGreaterThanOrEqual(500);
      expect(frame.clockErrorMs).toBeLessThanOrEqual(2000);
      // Frame 0 was not sent before the camera was opened, and no frame before it was captured (to one frame's length).
      expect(frame.capturedAtMs - readBurnt(frame) * 40).toBeGreaterThanOrEqual(openedAtMs - 100);
      expect(frame.capturedAtMs).toBeLessThanOrEqual(arrivedAtMs + 50);
    }
    for (const at of [0, Math.floor(frames.length / 2), frames.length - 1]) {
      const frame = frames[at]?.frame as Frame;
      expect(await readPng(await live.camera.footage.readFrame(frame.ptsMs))).toBe(readBurnt(frame));
    }
    await expect(live.camera.footage.readFrame(newest.ptsMs + 7)).rejects.toMatchObject({
      code: 'evidence_unavailable',
    });

    // A clip across segments, from the keyframe before, without a frame at another's time.
    const from = (first?.frame.ptsMs ?? 0) + 500;
    const cut = await live.camera.footage.readClip(from, from + 2500);
    expect(cut.fromPtsMs).toBeLessThanOrEqual(from);
    expect(cut.fromPtsMs + cut.durationMs).toBeGreaterThanOrEqual(from + 2500);
    const numbers = await readNumbers(cut.file);
    await cut.discard();
    expect(numbers.size).toBeGreaterThanOrEqual(10);
    for (const [ptsMs, number] of numbers) {
      const expected = (number - readBurnt(first?.frame as Frame)) * 40 + (first?.frame.ptsMs ?? 0);
      expect(Math.abs(cut.fromPtsMs + ptsMs - expected)).toBeLessThanOrEqual(2);
    }
  });
});

test('a camera that goes away and comes back is connected to again; times go on, footage of both stays', async () => {
  const first = await startRtspCamera({ clip, loop: true, logger });
  const ring = { dir: path.join(folder, 'ring-back'), maxAgeMs: 60_000, maxBytes: 1e9 };
  const live = await watch(first.url, { ring });
  await live.waitForFrames(2);
  await first.stop();
  await live.waitForState('down');
  const before = live.frames.length;
  const second = await startRtspCamera({ clip, port: Number(new URL(first.url).port), loop: true, logger });
  await live.waitForFrames(before + 2);
  expect(listStates(live)).toEqual(['connecting', 'live', 'down', 'live']);
  expect(listReasons(live).join()).toMatch(/refuses connections|the stream ended|end/);
  expect(live.camera.health().restarts).toBeGreaterThanOrEqual(1);
  const times = live.frames.map(({ frame }) => frame.ptsMs);
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  for (const { frame } of [live.frames[0], live.frames[before]] as SeenFrame[])
    expect(await readPng(await live.camera.footage.readFrame(frame.ptsMs))).toBe(readBurnt(frame));
  // A clip around the end of the first connection comes from that one, though the second is the newer and has no beginning on record.
  const lastBefore = live.frames[before - 1]?.frame.ptsMs ?? 0;
  const clipAtEnd = await live.camera.footage.readClip(lastBefore - 2000, lastBefore + 500);
  expect(clipAtEnd.fromPtsMs).toBeLessThanOrEqual(lastBefore);
  expect(clipAtEnd.durationMs).toBeGreaterThan(0);
  await live.camera.stop();
  await second.stop();
  // A process that starts anew reads the same ring.
  const again = await watch(first.url, { ring });
  const frame = live.frames[0]?.frame as Frame;
  expect(await readPng(await again.camera.footage.readFrame(frame.ptsMs))).toBe(readBurnt(frame));
  await again.camera.stop();
});

test('a sender that freezes is stalled, and live again on a new connection', async () => {
  const sender = await startRtspCamera({ clip, loop: true, logger });
  const live = await watch(sender.url);
  await live.waitForFrames(2);
  for (const pid of sender.senderPids()) process.kill(pid, 'SIGSTOP');
  await live.waitForState('stalled');
  expect(listReasons(live).at(-1)).toMatch(/^(?:no picture|nothing came) for \d+ s$/);
  const stalledAtMs = live.changes.at(-1)?.atMs ?? Number.POSITIVE_INFINITY;
  await live.waitForState('live');
  expect(live.changes.at(-1)?.lastFrameAtMs).toBeGreaterThan(stalledAtMs);
  await live.camera.stop();
  await sender.stop();
  expect(await listChildren()).not.toContain('ffmpeg');
});

test('a wrong password is "unauthorized", and is never printed', async () => {
  const credentials = { user: 'viewer', password: 'kept-to-itself' };
  const sender = await startRtspCamera({ clip, loop: true, credentials, logger });
  const printed: string[] = [];
  const loud = createLogger('debug', (line) => printed.push(line));
  const live = await watch(sender.url.replace('kept', 'wrong'), { logger: loud });
  await live.waitForState('unauthorized');
  await live.camera.stop();
  const right = await watch(sender.url, { logger: loud });
  await right.waitForState('live');
  await right.camera.stop();
  await sender.stop();
  expect(printed.length).toBeGreaterThan(0);
  expect([...printed, ...listReasons(live), ...listReasons(right)].join('\n')).not.toContain('-to-itself');
});

test('a camera that accepts and says nothing is stalled; one that is not there is down', async () => {
  const mute = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const { port } = mute.address() as { port: number };
  const silent = await watch(`rtsp://127.0.0.1:${port}/x`, {}, { ...quick, silentMs: 800 });
  await silent.waitForState('stalled');
  await silent.camera.stop();
  await new Promise((resolve) => mute.close(resolve));
  const gone = await watch(`rtsp://127.0.0.1:${port}/x`);
  await gone.waitForState('down');
  expect(listReasons(gone).at(-1)).toBe(`127.0.0.1:${port} refuses connections`);
  await gone.camera.stop();
  expect(listStates(gone).at(-1)).toBe('ended');
  expect(await listChildren()).not.toContain('ffmpeg');
});

test("a camera that falls silent while this machine's clock is set back by an hour is stalled, and then live again", async () => {
  const sender = await startRtspCamera({ clip, loop: true, logger });
  const { port } = new URL(sender.url);
  const proxy = await startTcpProxy(Number(port));
  const timing = { ...quick, quietMs: 700 };
  const live = await watch(sender.url.replace(`:${port}/`, `:${proxy.port}/`), {}, timing);
  await live.waitForFrames(2);
  const right = Date.now;
  const set = vi.spyOn(Date, 'now').mockImplementation(() => right() - 3_600_000);
  try {
    proxy.setDamage(() => Buffer.alloc(0));
    await live.waitForState('stalled');
    proxy.setDamage(null);
    const { frame } = await live.waitForNextFrame();
    expect(frame.ptsMs).toBeGreaterThan(live.frames[1]?.frame.ptsMs ?? Number.POSITIVE_INFINITY);
  } finally {
    set.mockRestore();
  }
  await live.camera.stop();
  await proxy.stop();
  await sender.stop();
});

test('the ring keeps to its bytes and its age', async () => {
  const sender = await startRtspCamera({ clip, loop: true, logger });
  const ring = { dir: path.join(folder, 'ring-small'), maxAgeMs: 3_600_000, maxBytes: 1 };
  const live = await watch(sender.url, { ring });
  await live.waitForFrames(7);
  const [connection = ''] = await readdir(ring.dir);
  const kept = (await readdir(path.join(ring.dir, connection))).filter((name) => name.endsWith('.mkv'));
  // The one being written, and at most those that ended since the last pruning.
  expect(kept.length).toBeLessThanOrEqual(2);
  expect(kept).not.toContain('00000000.mkv');
  const oldest = live.frames[0]?.frame as Frame;
  const read = live.camera.footage.readFrame(oldest.ptsMs);
  await expect(read).rejects.toMatchObject({ code: 'evidence_unavailable' });
  await live.camera.stop();
  await sender.stop();
});
