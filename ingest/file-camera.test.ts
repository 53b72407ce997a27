import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLogger } from '../platform/mod.ts';
import { createDeferred } from './deferred.ts';
import { type Camera, type CameraOptions, type Frame, openCamera, probeClip } from './mod.ts';
import { listChildren } from './test-support/children.ts';
import { makeCounterClip, readCounter } from './test-support/counter-clip.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-ingest-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const startedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5);

function toOptions(file: string, over: Partial<CameraOptions> = {}): CameraOptions {
  return {
    id: 'gate-1',
    source: { kind: 'file', path: file, realTime: false, startedAtMs },
    ring: null,
    maxPixelWidth: 160,
    maxPixelHeight: 160,
    onsetMs: 60_000,
    onFrame: async () => {},
    onHealth: () => {},
    restart: 'until_end',
    logger: createLogger('silent'),
    ...over,
  };
}

async function collect(
  file: string,
  over: Partial<CameraOptions> = {},
): Promise<{ frames: Frame[]; camera: Camera }> {
  const frames: Frame[] = [];
  const onFrame = async (frame: Frame): Promise<void> => void frames.push(frame);
  const camera = await openCamera(toOptions(file, { onFrame, ...over }));
  await camera.done;
  return { frames, camera };
}

const readBurnt = (frame: Frame): number => readCounter(frame.pixels, frame.pixelWidth, frame.pixelHeight);

describe('every frame has its own time', () => {
  const clips = [
    { name: 'keyframes only', file: 'k.mp4', onsetMs: 60_000, bFrames: 0, frameRate: 25, count: 6 },
    {
      name: 'keyframes only, B-frames',
      file: 'kb.mp4',
      onsetMs: 60_000,
      bFrames: 3,
      frameRate: 25,
      count: 6,
    },
    { name: 'full decode', file: 'f.mp4', onsetMs: 1000, bFrames: 0, frameRate: 25, count: 60 },
    { name: 'full decode, B-frames', file: 'fb.mp4', onsetMs: 1000, bFrames: 3, frameRate: 25, count: 60 },
    {
      name: 'full decode, 12.5 per second',
      file: 's.mp4',
      onsetMs: 2000,
      bFrames: 2,
      frameRate: 12.5,
      count: 30,
    },
    { name: 'Matroska, B-frames', file: 'm.mkv', onsetMs: 1000, bFrames: 3, frameRate: 25, count: 60 },
    {
      name: 'MPEG-TS that starts at 1.4 s',
      file: 't.ts',
      onsetMs: 1000,
      bFrames: 2,
      frameRate: 25,
      count: 60,
    },
  ];
  test.each(clips)('$name', async ({ file, onsetMs, bFrames, frameRate, count }) => {
    const clip = await makeCounterClip({ file: path.join(folder, file), seconds: 12, bFrames, frameRate });
    const { frames, camera } = await collect(clip, { onsetMs });
    expect(frames.length).toBe(count);
    for (const frame of frames) {
      expect(Math.round((readBurnt(frame) * 1000) / frameRate)).toBe(frame.ptsMs);
      expect(frame.capturedAtMs).toBe(startedAtMs + frame.ptsMs);
      expect(frame).toMatchObject({
        clockErrorMs: null,
        width: 320,
        height: 180,
        pixelWidth: 160,
        pixelHeight: 90,
      });
    }
    const gaps = frames.slice(1).map((frame, i) => frame.ptsMs - (frames[i]?.ptsMs ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(Math.max(2000, onsetMs / 5));
    const pick = frames[Math.floor(count / 2)] as Frame;
    const png = sharp((await camera.footage.readFrame(pick.ptsMs)).bytes);
    const { data, info } = await png.removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([320, 180]);
    expect(readCounter(data, info.width, info.height)).toBe(readBurnt(pick));
  });
});

describe('footage of a file', () => {
  test.each([
    { name: 'H.264 is copied from the keyframe before', codec: 'libx264', bFrames: 0, firstMs: 4000 },
    { name: 'H.264 with B-frames', codec: 'libx264', bFrames: 2, firstMs: 4000 },
    { name: 'what browsers cannot play is encoded anew', codec: 'mpeg4', bFrames: 0, firstMs: 5000 },
  ] as const)('a clip: $name', async ({ codec, bFrames, firstMs }) => {
    const file = await makeCounterClip({
      file: path.join(folder, `c${codec}${bFrames}.mp4`),
      seconds: 12,
      bFrames,
      codec,
    });
    const { camera } = await collect(file);
    const clip = await camera.footage.readClip(5000, 8000);
    expect(clip.fromPtsMs).toBe(firstMs);
    expect(clip.fromPtsMs + clip.durationMs).toBeGreaterThanOrEqual(8000);
    expect(clip.durationMs).toBeLessThan(4600);
    const cut = path.join(folder, `cut${codec}${bFrames}.mp4`);
    await copyFile(clip.file, cut);
    expect(await probeClip(cut)).toMatchObject({ codec: 'h264', width: 320, height: 180, startPtsMs: 0 });
    const { frames } = await collect(cut, { onsetMs: 1000 });
    for (const frame of frames) expect(readBurnt(frame) * 40).toBe(frame.ptsMs + firstMs);
    // faststart: the index comes before the pictures
    const bytes = await readFile(clip.file);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
    expect(bytes.length).toBe(clip.bytes);
    await clip.discard();
    await clip.discard();
    await expect(readFile(clip.file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a time without a frame, and a stretch after the end, are refused', async () => {
    const file = await makeCounterClip({ file: path.join(folder, 'gap.mp4'), seconds: 3 });
    const { camera, frames } = await collect(file);
    // Several at once: the same pictures, and `null` for what is not there.
    const times = [frames[0]?.ptsMs ?? 0, 1010, frames.at(-1)?.ptsMs ?? 0];
    const [first, none, last] = (await camera.footage.readFrames?.(times)) ?? [];
    expect(none).toBeNull();
    for (const [index, found] of [first, last].entries()) {
      const alone = await camera.footage.readFrame(times[2 * index] ?? 0);
      expect(found?.ptsMs).toBe(alone.ptsMs);
      expect(Buffer.compare(found?.bytes ?? Buffer.of(), alone.bytes)).toBe(0);
    }
    await expect(camera.footage.readFrame(1010)).rejects.toMatchObject({ code: 'evidence_unavailable' });
    await expect(camera.footage.readFrame(99_000)).rejects.toMatchObject({ code: 'evidence_unavailable' });
    await expect(camera.footage.readClip(5000, 6000)).rejects.toMatchObject({ code: 'evidence_unavailable' });
  });
});

test('a slow taker holds the file back and loses nothing', async () => {
  const file = await makeCounterClip({ file: path.join(folder, 'slow.mp4'), seconds: 12 });
  const numbers: number[] = [];
  let inWork = 0;
  let mostInWork = 0;
  const onFrame = async (frame: Frame): Promise<void> => {
    mostInWork = Math.max(mostInWork, ++inWork);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    numbers.push(readBurnt(frame));
    inWork--;
  };
  const camera = await openCamera(toOptions(file, { onFrame, onsetMs: 1000 }));
  await camera.done;
  expect(mostInWork).toBe(1);
  expect(numbers).toEqual(Array.from({ length: 60 }, (_, i) => i * 5));
  expect(camera.health()).toMatchObject({ state: 'ended', framesSampled: 60, framesDropped: 0 });
});

test('in real time the newest frame wins and the others are counted', async () => {
  const file = await makeCounterClip({ file: path.join(folder, 'real.mp4'), seconds: 2 });
  const released = createDeferred<void>();
  const numbers: number[] = [];
  const onFrame = async (frame: Frame): Promise<void> => {
    numbers.push(readBurnt(frame));
    if (numbers.length === 1) await released.promise;
  };
  const source = { kind: 'file', path: file, realTime: true, startedAtMs } as const;
  const camera = await openCamera(toOptions(file, { source, onFrame, onsetMs: 1000 }));
  while (camera.health().framesDropped < 3) await new Promise((resolve) => setImmediate(resolve));
  released.resolve();
  await camera.done;
  const { framesSampled, framesDropped } = camera.health();
  expect(framesSampled).toBe(numbers.length);
  expect(framesSampled + framesDropped).toBe(10);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
});

test('stop ends a file whose taker never answers, and leaves no process', async () => {
  const file = await makeCounterClip({ file: path.join(folder, 'stop.mp4'), seconds: 12 });
  const arrived = createDeferred<void>();
  const never = createDeferred<void>();
  const onFrame = (): Promise<void> => {
    arrived.resolve();
    return never.promise;
  };
  const camera = await openCamera(toOptions(file, { onFrame, onsetMs: 1000 }));
  await arrived.promise;
  await camera.stop();
  await camera.done;
  expect(camera.health().state).toBe('ended');
  expect(await listChildren()).not.toContain('ffmpeg');
});

test('a taker that fails ends the file with its error', async () => {
  const file = await makeCounterClip({ file: path.join(folder, 'fail.mp4'), seconds: 3 });
  const onFrame = vi.fn<CameraOptions['onFrame']>().mockRejectedValue(new Error('disk full'));
  const camera = await openCamera(toOptions(file, { onFrame }));
  await expect(camera.done).rejects.toThrow('disk full');
  expect(camera.health()).toMatchObject({ state: 'down', reason: 'disk full' });
});
