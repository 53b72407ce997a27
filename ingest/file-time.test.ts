import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../platform/mod.ts';
import { openCamera } from './mod.ts';
import { makeCounterClip, readCounter } from './test-support/counter-clip.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-long-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const seconds = 1800;
const frameRate = 5;

test.each([
  { codec: 'libx264', bFrames: 0, onsetMs: 60_000, count: 900 },
  { codec: 'libx264', bFrames: 3, onsetMs: 60_000, count: 900 },
  { codec: 'libx264', bFrames: 0, onsetMs: 1000, count: 9000 },
  { codec: 'libx264', bFrames: 3, onsetMs: 1000, count: 9000 },
  { codec: 'libx265', bFrames: 0, onsetMs: 60_000, count: 900 },
  { codec: 'libx265', bFrames: 3, onsetMs: 1000, count: 9000 },
] as const)(
  '30 minutes of $codec, $bFrames B-frames, onset $onsetMs: each frame has its own time',
  { timeout: 300_000 },
  async (clip) => {
    const file = path.join(folder, `${clip.codec}-${clip.bFrames}.mp4`);
    await makeCounterClip({ file, seconds, frameRate, gop: 10, bFrames: clip.bFrames, codec: clip.codec });
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
