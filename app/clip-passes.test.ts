import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openClipPasses } from './clip-passes.ts';

let dir: string;
let clip: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-passes-'));
  clip = path.join(dir, 'clip.mp4');
  await writeFile(clip, 'frames');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('a pass that was broken off keeps its start, so its candidates keep their ids', async () => {
  expect(await (await openClipPasses(dir, false)).open('cam', clip, 1000)).toMatchObject({
    startedAtMs: 1000,
    finished: false,
  });
  expect(await (await openClipPasses(dir, true)).open('cam', clip, 2000)).toMatchObject({
    startedAtMs: 1000,
    finished: false,
  });
});

test('a clip that was read through is not read again unless asked for', async () => {
  const passes = await openClipPasses(dir, false);
  await passes.open('cam', clip, 1000);
  await passes.finish(['cam', 'a-live-camera']);
  expect(await (await openClipPasses(dir, false)).open('cam', clip, 2000)).toMatchObject({
    startedAtMs: 1000,
    finished: true,
  });
  expect(await (await openClipPasses(dir, true)).open('cam', clip, 2000)).toMatchObject({
    startedAtMs: 2000,
    finished: false,
  });
});

test('another clip under the same name begins anew', async () => {
  const passes = await openClipPasses(dir, false);
  await passes.open('cam', clip, 1000);
  await utimes(clip, 1, 1);
  expect(await passes.open('cam', clip, 2000)).toMatchObject({ startedAtMs: 2000 });
});

test('a missing clip and a broken memory are named', async () => {
  const passes = await openClipPasses(dir, false);
  await expect(passes.open('cam', path.join(dir, 'none.mp4'), 1)).rejects.toThrow(
    /none\.mp4: no such video file/,
  );
  await writeFile(path.join(dir, 'clip-passes.json'), '{');
  await expect(openClipPasses(dir, false)).rejects.toThrow(/clip-passes\.json is broken/);
});

test('a clip that is only asked about begins no pass; read through, it is finished', async () => {
  const passes = await openClipPasses(dir, false);
  expect(await passes.isFinished('cam', clip)).toBe(false);
  expect(await passes.open('cam', clip, 3000)).toMatchObject({ startedAtMs: 3000 });
  expect(await passes.isFinished('cam', clip)).toBe(false);
  await passes.finish(['cam']);
  expect(await passes.isFinished('cam', clip)).toBe(true);
  expect(await (await openClipPasses(dir, true)).isFinished('cam', clip)).toBe(false);
});

test('cameras that begin at the same moment are all remembered, one asked twice with its first start', async () => {
  const passes = await openClipPasses(dir, false);
  const begun = await Promise.all(
    ['a', 'b', 'c', 'a', 'b'].map((camera, index) => passes.open(camera, clip, 1000 + index)),
  );
  expect(begun.map(({ startedAtMs }) => startedAtMs)).toEqual([1000, 1001, 1002, 1000, 1001]);
  const again = await openClipPasses(dir, false);
  for (const camera of ['a', 'b', 'c'])
    expect((await again.open(camera, clip, 9000)).startedAtMs).toBeLessThan(1003);
});
