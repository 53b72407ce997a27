import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../platform/mod.ts';
import { openCamera } from './mod.ts';
import { makeCounterClips, readCounter } from './test-support/counter-clip.ts';

const seconds = 1800;
const frameRate = 2;

let folder = '';
const toFile = (codec: string, bFrames: number): string => path.join(folder, `${codec}-${bFrames}.mp4`);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-long-'));
  const encodings = (['libx264', 'libx265'] as const).flatMap((codec) =>
    [0, 3].map((bFrames) => ({ file: toFile(codec, bFrames), gop: 4, bFrames, codec })),
  );
  await makeCounterClips({ seconds, frameRate, width: 160, height: 90 }, encodings);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  { codec: 'libx264', bFrames: 0, onsetMs: 60_000, count: 900 },
  { codec: 'libx264', bFrames: 3, onsetMs: 60_000, count: 900 },
  { codec: 'libx264', bFrames: 0, onsetMs: 1000, count: 3600 },
  { codec: 'libx264', bFrames: 3, onsetMs: 1000, count: 3600 },
  { codec: 'libx265', bFrames: 0, onsetMs: 60_000, count: 900 },
  { codec: 'libx265', bFrames: 3, onsetMs: 1000, count: 3600 },
] as const)(
  '30 minutes of $codec, $bFrames B-frames, onset $onsetMs: each frame has its own time',
  { timeout: 300_000 },
  async (clip) => {
    const file = toFile(clip.codec, clip.bFrames);
    let frames = 0;
    const wrong: string[] = [];
    const camera = await openCamera({
      id: 'long',
      source: { kind: 'file', path: file, realTime: false, startedAtMs: 0 },
      ring: null,
      maxPixelWidth: 160,
      maxPixelHeight: 160,
      onsetMs: clip.onsetMs,
      async onFrame({ ptsMs, pixels, pixelWidth, pixelHeight }) {
        const number = readCounter(pixels, pixelWidth, pixelHeight);
        if (number * (1000 / frameRate) !== ptsMs) wrong.push(`${number} at ${ptsMs}`);
        frames++;
      },
      onHealth() {},
      restart: 'until_end',
      logger: createLogger('silent'),
    });
    await camera.done;
    expect(wrong).toEqual([]);
    expect(frames).toBe(clip.count);
  },
);
