import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAnchorFinder } from './anchor.ts';
import { toBackoffMs } from './backoff.ts';
import { chooseSampling } from './sampling.ts';
import { listConnections, pruneRing, toRingEndMs, writeAnchor } from './segment-ring.ts';
import { createShowinfoReader, PairingFault } from './showinfo.ts';

describe('sampling', () => {
  test.each([
    // onset, keyframe gap, frame gap, decode, spacing
    [10_000, 2000, 40, 'keyframes', 199],
    [9000, 2000, 40, 'all', 1761],
    [60_000, 4000, 40, 'keyframes', 199],
    [60_000, 40, 40, 'keyframes', 1961],
    [4000, null, 100, 'all', 701],
    [1000, null, 40, 'all', 199],
    [300_000, null, 40, 'all', 1961],
  ])(
    'onset %i, keyframes %s apart, frames %i apart: %s, %i',
    (onsetMs, gapMs, frameGapMs, decode, minSpacingMs) => {
      expect(chooseSampling(onsetMs, gapMs, frameGapMs)).toEqual({ decode, minSpacingMs });
    },
  );

  test('of a steady stream there is a sample each onset/5, as far as 5 per second allow', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 500, max: 600_000 }),
        fc.integer({ min: 20, max: 400 }),
        (onsetMs, frameGapMs) => {
          const { minSpacingMs } = chooseSampling(onsetMs, null, frameGapMs);
          const gapMs = Math.ceil(minSpacingMs / frameGapMs) * frameGapMs;
          expect(gapMs).toBeGreaterThanOrEqual(199);
          expect(gapMs).toBeLessThanOrEqual(Math.max(Math.min(2000, onsetMs / 5) + 1, 200 + frameGapMs));
        },
      ),
    );
  });
});

test.each([
  [0, 0.5, 1000],
  [3, 0.5, 8000],
  [6, 0.5, 60_000],
  [1000, 0, 48_000],
  [0, 1, 1200],
])('after %i failures, random %d: %i ms', (failures, random, expected) => {
  expect(toBackoffMs(failures, random)).toBe(expected);
});

describe('anchor', () => {
  test('what arrives late does not count; what arrives first does', () => {
    const finder = createAnchorFinder(Number.NEGATIVE_INFINITY);
    expect(finder.settle()).toBeNull();
    finder.noteEdge(10_900, 0); // read ahead at start-up
    finder.noteEdge(10_950, 700);
    finder.noteEdge(11_260, 1000);
    expect(finder.settle()).toEqual({ offsetMs: 10_250, clockErrorMs: 1000 });
    finder.noteEdge(14_250, 4000);
    expect(finder.lagMs()).toBe(0);
    finder.noteEdge(15_250, 9000);
    expect(finder.lagMs()).toBe(-4000);
  });

  test('no time is given twice; what it is moved for that is declared', () => {
    const finder = createAnchorFinder(12_000);
    finder.noteEdge(11_000, 500);
    expect(finder.settle()).toEqual({ offsetMs: 11_501, clockErrorMs: 2001 });
  });
});

describe('showinfo', () => {
  const config = (filter: string): string =>
    `[showinfo@${filter} @ 0x1] config in time_base: 1/90000, frame_rate: 25/1`;
  const shown = (filter: string, n: number, pts: string, size = '320x180'): string =>
    `[showinfo@${filter} @ 0x1] n:${String(n).padStart(4)} pts:${pts.padStart(7)} pts_time:1.2e+06 pos: -1 fmt:rgb24 sar:1/1 s:${size} i:P iskey:1 type:I `;

  test('the time comes from the integer, the sizes from before and after scaling; a new size begins anew', () => {
    const reader = createShowinfoReader();
    for (const line of [
      config('full'),
      config('pixels'),
      '[h264 @ 0x2] s:1x1',
      shown('full', 0, '3240000', '1920x1080'),
    ])
      expect(reader.accept(line)).toBeNull();
    const sizes = { width: 1920, height: 1080, pixelWidth: 640, pixelHeight: 360 };
    expect(reader.accept(shown('pixels', 0, '3240000', '640x360'))).toEqual({ rawPtsMs: 36_000, ...sizes });
    for (const line of [config('full'), config('pixels'), shown('full', 0, '3243600')]) reader.accept(line);
    expect(reader.accept(shown('pixels', 0, '3243600'))).toMatchObject({ rawPtsMs: 36_040, width: 320 });
  });

  test.each([
    ['a line is missing', [shown('full', 1, '1')]],
    ['a picture is not scaled', [shown('full', 0, '1'), shown('full', 1, '2')]],
    ['the times differ', [shown('full', 0, '1'), shown('pixels', 0, '2')]],
    ['there is no time', [shown('full', 0, 'NOPTS')]],
  ])('%s: refused', (_name, lines) => {
    const reader = createShowinfoReader();
    for (const filter of ['full', 'pixels']) reader.accept(config(filter));
    expect(() => lines.map((line) => reader.accept(line))).toThrow(PairingFault);
  });
});

describe('ring', () => {
  const nowMs = 1_800_000_000_000;

  /** Two connections: three finished segments; one finished and one begun. Each 100 bytes, a minute apart. */
  async function makeRing(): Promise<string> {
    const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-ring-'));
    const segments = ['1/00000000', '1/00000001', '1/00000002', '2/00000000', '2/00000001'];
    for (const [i, name] of segments.entries()) {
      const file = path.join(dir, `0000000000000${name}.mkv`);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, Buffer.alloc(100));
      const writtenAtS = nowMs / 1000 - 60 * (segments.length - i);
      await utimes(file, writtenAtS, writtenAtS);
    }
    const [first, second] = ['00000000000001', '00000000000002'].map((name) => path.join(dir, name)) as [
      string,
      string,
    ];
    await writeAnchor(first, 5000);
    await writeFile(
      path.join(first, 'segments.csv'),
      '00000000.mkv,0.0,10.5\n00000001.mkv,10.5,20.5\n00000002.mkv,20.5,30.5\n',
    );
    await writeFile(path.join(second, 'segments.csv'), '00000000.mkv,0.0,10.0\n');
    return dir;
  }

  async function listNames(dir: string): Promise<string[]> {
    const names = await readdir(dir, { recursive: true });
    return names
      .filter((name) => name.endsWith('.mkv'))
      .map((name) => name.replace(/^0+/, ''))
      .toSorted();
  }

  test('is read from disk alone', async () => {
    const dir = await makeRing();
    const connections = await listConnections(dir);
    expect(connections.map(({ offsetMs }) => offsetMs)).toEqual([5000, null]);
    expect(connections.map(({ segments }) => segments.map(({ endRawMs }) => endRawMs))).toEqual([
      [10_500, 20_500, 30_500],
      [10_000, null],
    ]);
    expect(toRingEndMs(connections)).toBe(35_500);
    expect(await listConnections(path.join(dir, 'absent'))).toEqual([]);
    await rm(dir, { recursive: true });
  });

  test.each([
    {
      name: 'old ones go',
      maxAgeMs: 200_000,
      maxBytes: 1000,
      inUse: true,
      left: ['1/00000002.mkv', '2/00000000.mkv', '2/00000001.mkv'],
    },
    {
      name: 'too many go, oldest first',
      maxAgeMs: 1e9,
      maxBytes: 250,
      inUse: true,
      left: ['2/00000000.mkv', '2/00000001.mkv'],
    },
    { name: 'the one being written stays', maxAgeMs: 0, maxBytes: 0, inUse: true, left: ['2/00000001.mkv'] },
    { name: 'of a dead process nothing need stay', maxAgeMs: 0, maxBytes: 0, inUse: false, left: [] },
  ])('$name', async ({ maxAgeMs, maxBytes, inUse, left }) => {
    const dir = await makeRing();
    await pruneRing({ dir, maxAgeMs, maxBytes }, nowMs, (folder) => inUse && folder.endsWith('2'));
    expect(await listNames(dir)).toEqual(left);
    const folders = new Set(left.map((name) => name[0]));
    expect((await readdir(dir)).length).toBe(folders.size);
    await rm(dir, { recursive: true });
  });
});
