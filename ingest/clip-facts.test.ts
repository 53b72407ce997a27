import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../platform/mod.ts';
import { openCamera, probeClip } from './mod.ts';
import { makeCounterClip } from './test-support/counter-clip.ts';
import { words } from './words.ts';

const run = promisify(execFile);
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-facts-'));
  await run('ffmpeg', [...words('-v error -f lavfi -i sine=d=1'), path.join(folder, 'tone.m4a')]);
  await run('ffmpeg', [...words('-v error -f lavfi -i color -frames:v 1'), path.join(folder, 'still.png')]);
  await writeFile(path.join(folder, 'text.mp4'), 'zones:\n  kerb: []\n'.repeat(50));
  await writeFile(path.join(folder, 'notes.txt'), 'not a video\n'.repeat(50));
  await writeFile(path.join(folder, 'empty.mp4'), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  { name: 'no B-frames', gop: 50, bFrames: 0, rate: 25, gapMs: 2000 },
  { name: 'B-frames', gop: 25, bFrames: 3, rate: 25, gapMs: 1000 },
  { name: 'another rate', gop: 30, bFrames: 0, rate: 12.5, gapMs: 2400 },
  { name: 'one keyframe: the gap is the whole', gop: 500, bFrames: 0, rate: 25, gapMs: 4960 },
])('facts of a clip: $name', async ({ gop, bFrames, rate, gapMs }) => {
  const file = path.join(folder, `g${gop}.mp4`);
  const options = ['-metadata', 'creation_time=2026-01-02T03:04:05Z'];
  await makeCounterClip({ file, seconds: 5, gop, bFrames, frameRate: rate, options });
  expect(await probeClip(file)).toEqual({
    container: 'mov,mp4,m4a,3gp,3g2,mj2',
    tickMs: expect.any(Number) as number,
    isPlain: true,
    width: 320,
    height: 180,
    durationMs: rate === 12.5 ? 5040 : 5000,
    frameRate: rate,
    codec: 'h264',
    pixelFormat: 'yuv420p',
    keyframeGapMs: gapMs,
    startPtsMs: 0,
    creationTimeMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  });
});

describe('what is no clip is refused in one line that names it', () => {
  test.each([
    ['absent.mp4', 'file_not_found', /absent\.mp4: no such file$/],
    ['text.mp4', 'not_a_video', /text\.mp4 is not a video that can be read: /],
    ['notes.txt', 'not_a_video', /notes\.txt is not a video that can be read: /],
    ['empty.mp4', 'not_a_video', /empty\.mp4 is not a video that can be read: /],
    [
      'tone.m4a',
      'not_a_video',
      /tone\.m4a is not a video that can be read: it holds only sound \(aac\), no pictures$/,
    ],
    [
      'still.png',
      'not_a_video',
      /still\.png is not a video that can be read: it holds text or a single picture/,
    ],
    ['.', 'not_a_video', / is a folder, not a video file$/],
  ])('%s', async (name, code, message) => {
    const file = path.join(folder, name);
    const opened = openCamera({
      id: 'gate-3',
      source: { kind: 'file', path: file, realTime: false, startedAtMs: 0 },
      ring: null,
      maxPixelWidth: 640,
      maxPixelHeight: 640,
      onsetMs: 10_000,
      onFrame: async () => {},
      onHealth: () => {},
      restart: 'until_end',
      logger: createLogger('silent'),
    });
    await expect(opened).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await expect(opened).rejects.toThrow(/^[^\n]+$/);
  });
});

test('a name that looks like an option or a protocol is only a name', async () => {
  const file = path.join(folder, 'concat:-i.mp4');
  await makeCounterClip({ file: path.join(folder, 'plain.mp4'), seconds: 1 });
  await run('cp', [path.join(folder, 'plain.mp4'), file]);
  expect((await probeClip(file)).width).toBe(320);
});
