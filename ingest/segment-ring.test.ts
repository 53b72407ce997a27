import { appendFile, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../platform/mod.ts';
import { openRingHolds } from './ring-holds.ts';
import { indexConnection, refreshConnection, scanRing, toRingEndMs, writeAnchor } from './ring-index.ts';
import { choosePruned } from './ring-prune.ts';
import { toReserveBytes } from './ring-space.ts';
import { openSegmentRing, type SegmentRing } from './segment-ring.ts';

const logger = createLogger('silent');
const nowMs = 1_800_000_000_000;
let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-ring-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const toDir = (number: number): string => path.join(dir, String(nowMs + 100_000 * number).padStart(14, '0'));

/** Two connections: three finished segments; one finished and one begun. Each 100 bytes, a minute apart. */
async function makeRing(): Promise<void> {
  const segments = [
    [1, 0],
    [1, 1],
    [1, 2],
    [2, 0],
    [2, 1],
  ] as const;
  for (const [i, [connection, number]] of segments.entries()) {
    const file = path.join(toDir(connection), `0000000${number}.mkv`);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, Buffer.alloc(100));
    const writtenAtS = nowMs / 1000 - 60 * (segments.length - i);
    await utimes(file, writtenAtS, writtenAtS);
  }
  await writeAnchor(toDir(1), nowMs + 100_000);
  await writeFile(
    path.join(toDir(1), 'segments.csv'),
    '00000000.mkv,0.0,10.5\n00000001.mkv,10.5,20.5\n00000002.mkv,20.5,30.5\n',
  );
  await writeFile(path.join(toDir(2), 'segments.csv'), '00000000.mkv,0.0,10.0\n');
}

async function listNames(): Promise<string[]> {
  const found: string[] = [];
  for (const connection of [1, 2]) {
    const names = await readdir(toDir(connection)).catch(() => [] as string[]);
    found.push(
      ...names
        .filter((name) => name.endsWith('.mkv'))
        .map((name) => `${connection}/${Number.parseInt(name, 10)}`),
    );
  }
  return found.toSorted();
}

async function openRing(
  over: { maxAgeMs?: number; maxBytes?: number; maxHeldBytes?: number } = {},
): Promise<SegmentRing> {
  return openSegmentRing({
    dir,
    camera: 'gate-2',
    maxAgeMs: 1e13,
    maxBytes: 1e9,
    pruneMs: 3_600_000,
    logger,
    onProblem() {},
    ...over,
  });
}

test('the index is read from disk alone', async () => {
  await makeRing();
  const connections = await scanRing(dir);
  expect(connections.map(({ offsetMs }) => offsetMs)).toEqual([nowMs + 100_000, null]);
  expect(
    connections.map(({ segments }) =>
      segments.map(({ number, startRawMs, endRawMs }) => [number, startRawMs, endRawMs]),
    ),
  ).toEqual([
    [
      [0, null, 10_500],
      [1, 10_500, 20_500],
      [2, 20_500, 30_500],
    ],
    [
      [0, null, 10_000],
      [1, 10_000, null],
    ],
  ]);
  expect(toRingEndMs(connections)).toBe(nowMs + 130_500);
  expect(await scanRing(path.join(dir, 'absent'))).toEqual([]);
});

test('after a clock was set back, what it recorded ahead of time goes first, not what is recorded now', async () => {
  await makeRing();
  const connections = await scanRing(dir, nowMs + 150_000);
  expect(connections.map(({ startedAtMs }) => startedAtMs)).toEqual([nowMs + 200_000, nowMs + 100_000]);
  const limits = { maxAgeMs: 1e9, maxBytes: 300, maxHeldBytes: 1e9 };
  const now = { nowMs: nowMs + 150_000, freeBytes: 0, isInUse: (one: string) => one === toDir(1) };
  const { pruned } = choosePruned(connections, limits, [], now);
  expect(pruned.map(({ file }) => file)).toEqual([
    path.join(toDir(2), '00000000.mkv'),
    path.join(toDir(2), '00000001.mkv'),
  ]);
});

test('a connection in work is followed line by line, half lines and pruned segments too', async () => {
  const folder = toDir(3);
  await mkdir(folder);
  const connection = indexConnection(folder);
  const segment = (number: number) => path.join(folder, `0000000${number}.mkv`);
  await writeFile(segment(0), 'a');
  await refreshConnection(connection);
  expect(connection.segments.map(({ number, endRawMs }) => [number, endRawMs])).toEqual([[0, null]]);
  const list = path.join(folder, 'segments.csv');
  await writeFile(list, '00000000.mkv,3599.9,3610.0\n00000001.mkv,36');
  await writeFile(segment(1), 'bb');
  await refreshConnection(connection);
  expect(
    connection.segments.map(({ number, startRawMs, endRawMs, bytes }) => [
      number,
      startRawMs,
      endRawMs,
      bytes,
    ]),
  ).toEqual([
    [0, null, 3_610_000, 1],
    [1, 3_610_000, null, 2],
  ]);
  await appendFile(list, '10.0,3620.0\n00000002.mkv,3620.0,3630.0\n');
  await writeFile(segment(2), 'ccc');
  await rm(segment(1));
  await refreshConnection(connection);
  expect(
    connection.segments.map(({ number, startRawMs, endRawMs }) => [number, startRawMs, endRawMs]),
  ).toEqual([
    [0, null, 3_610_000],
    [2, 3_620_000, 3_630_000],
  ]);
});

describe('pruning', () => {
  test.each([
    { name: 'old ones go', maxAgeMs: 200_000, maxBytes: 1000, inUse: true, left: ['1/2', '2/0', '2/1'] },
    { name: 'too many go, oldest first', maxAgeMs: 1e9, maxBytes: 250, inUse: true, left: ['2/0', '2/1'] },
    { name: 'the one being written stays', maxAgeMs: 0, maxBytes: 0, inUse: true, left: ['2/1'] },
    { name: 'of a dead process nothing need stay', maxAgeMs: 0, maxBytes: 0, inUse: false, left: [] },
    {
      name: 'room is made for a full disk',
      maxAgeMs: 1e9,
      maxBytes: 1e9,
      freeBytes: 150,
      inUse: true,
      left: ['1/2', '2/0', '2/1'],
    },
    {
      name: 'what is held stays, however little room there is',
      maxAgeMs: 0,
      maxBytes: 0,
      freeBytes: 1e9,
      inUse: false,
      holds: [
        {
          id: 'a',
          kind: 'request' as const,
          stretches: [{ fromMs: nowMs + 115_000, toMs: nowMs + 115_000 }],
        },
      ],
      left: ['1/1'],
    },
    {
      name: 'a stretch holds all that it touches',
      maxAgeMs: 0,
      maxBytes: 0,
      inUse: false,
      holds: [
        {
          id: 'a',
          kind: 'standing' as const,
          stretches: [{ fromMs: nowMs + 108_000, toMs: nowMs + 118_000 }],
        },
      ],
      left: ['1/0', '1/1'],
    },
    {
      name: 'stays that may become requests have a limit, the longest come first; requests have none',
      maxAgeMs: 0,
      maxBytes: 0,
      maxHeldBytes: 250,
      inUse: false,
      holds: [
        {
          id: 'young',
          kind: 'standing' as const,
          stretches: [{ fromMs: nowMs + 125_000, toMs: nowMs + 125_000 }],
        },
        {
          id: 'old',
          kind: 'standing' as const,
          stretches: [{ fromMs: nowMs + 105_000, toMs: nowMs + 105_000 }],
        },
        {
          id: 'request',
          kind: 'request' as const,
          stretches: [{ fromMs: nowMs + 115_000, toMs: nowMs + 115_000 }],
        },
      ],
      left: ['1/0', '1/1'],
    },
  ])('$name', async ({ maxAgeMs, maxBytes, maxHeldBytes = 1e9, freeBytes = 0, inUse, holds = [], left }) => {
    await makeRing();
    const { pruned } = choosePruned(await scanRing(dir), { maxAgeMs, maxBytes, maxHeldBytes }, holds, {
      nowMs,
      freeBytes,
      isInUse: (folder) => inUse && folder === toDir(2),
    });
    for (const { file } of pruned) await rm(file);
    expect(await listNames()).toEqual(left);
  });

  test('a hold outlives the process that placed it, and its end lets the footage go', async () => {
    await makeRing();
    const first = await openRing();
    await first.holds.place({
      id: 'c1',
      kind: 'request',
      stretches: [{ fromMs: nowMs + 115_000, toMs: nowMs + 115_000 }],
    });
    await first.holds.replaceStanding([
      { id: 'c2', stretches: [{ fromMs: nowMs + 125_000, toMs: nowMs + 125_000 }] },
    ]);
    await first.stop();
    const second = await openRing({ maxAgeMs: 0, maxBytes: 0, maxHeldBytes: 1e9 });
    await second.stop();
    expect(await listNames()).toEqual(['1/1', '1/2']);
    expect(second.holds.list().map(({ id, kind }) => [id, kind])).toEqual([
      ['c1', 'request'],
      ['c2', 'standing'],
    ]);
    await second.holds.release('c1');
    await second.holds.replaceStanding([]);
    const third = await openRing({ maxAgeMs: 0, maxBytes: 0 });
    await third.stop();
    expect(await listNames()).toEqual([]);
    expect((await readdir(dir)).toSorted()).toEqual(['holds.json']);
  });

  test('nobody asks any more: a hold ends by itself after a week', async () => {
    const holds = await openRingHolds(dir, logger);
    await holds.place({ id: 'c1', kind: 'request', stretches: [] });
    expect(await holds.expire(Date.now() + 6 * 86_400_000, 7 * 86_400_000)).toEqual([]);
    expect(await holds.expire(Date.now() + 8 * 86_400_000, 7 * 86_400_000)).toEqual(['c1']);
    expect((await openRingHolds(dir, logger)).list()).toEqual([]);
  });
});

test.each([
  // disk, largest segment, factor, reserve
  [1e12, 5e6, 1, 268_435_456],
  [4e9, 5e6, 1, 120_000_000],
  [100e6, 5e6, 1, 15_000_000],
  [16e6, 5e6, 8, 4_000_000],
])(
  'of a disk of %d bytes with segments of %d, %d times full: %d stay free',
  (totalBytes, largest, factor, expected) => {
    expect(Math.round(toReserveBytes({ totalBytes, freeBytes: 0 }, largest, factor))).toBe(expected);
  },
);

test('a folder that cannot be used is a problem, not an error: the camera goes on without it', async () => {
  const file = path.join(dir, 'file');
  await writeFile(file, '');
  const problems: (string | null)[] = [];
  const ring = await openSegmentRing({
    dir: file,
    camera: 'gate-2',
    maxAgeMs: 1000,
    maxBytes: 1000,
    pruneMs: 50,
    logger,
    onProblem: (problem) => problems.push(problem),
  });
  expect(await ring.begin()).toBeNull();
  expect(ring.problem()).toContain(file);
  expect(ring.explainGap(Date.now())).toContain(file);
  await rm(file);
  await expect.poll(() => ring.problem(), { timeout: 30_000 }).toBeNull();
  expect(await ring.begin()).toContain(file);
  expect(problems.at(-1)).toBeNull();
  await ring.stop();
});
