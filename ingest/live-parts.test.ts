import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createAnchorFinder } from './anchor.ts';
import { toBackoffMs } from './backoff.ts';
import type { ConnectionEnd } from './connection.ts';
import { type LiveTiming, liveTiming } from './live-timing.ts';
import { createRetryPlan } from './retry-plan.ts';
import { chooseSampling, toThinningExpression } from './sampling.ts';
import { createShowinfoReader, PairingFault } from './showinfo.ts';
import { words } from './words.ts';

const run = promisify(execFile);

describe('sampling', () => {
  test.each([
    // onset, keyframe gap, decode, a picture each
    [10_000, 2000, 'keyframes', 2000],
    [9000, 2000, 'all', 1800],
    [60_000, 4000, 'keyframes', 2000],
    [60_000, 40, 'keyframes', 2000],
    [4000, null, 'all', 800],
    [500, null, 'all', 200],
    [300_000, null, 'all', 2000],
  ])('onset %i, keyframes %s apart: %s, a picture each %i', (onsetMs, gapMs, decode, everyMs) => {
    expect(chooseSampling(onsetMs, gapMs)).toEqual({ decode, everyMs });
  });

  /** The times that ffmpeg takes of a steady stream of 20 s. */
  async function thin(everyMs: number, gapMs: number): Promise<number[]> {
    const select = toThinningExpression({ decode: 'all', everyMs });
    const { stdout } = await run('ffmpeg', [
      ...words('-v error -f lavfi -i'),
      `color=s=16x16:r=1000/${gapMs}:d=20`,
      ...words(`-vf select='${select}' -fps_mode passthrough -enc_time_base 1/1000 -f framecrc -`),
    ]);
    const rows = stdout.split('\n').filter((row) => row.startsWith('0,'));
    return rows.map((row) => Number(row.split(',')[2]));
  }

  test.each([
    // wanted each, there each, taken each
    [2000, 500, 2000],
    [2000, 2000, 2000],
    [2000, 1500, 1500],
    [2000, 4000, 4000],
    [2000, 40, 2000],
    [1000, 30, 990],
    [200, 40, 200],
    [200, 150, 300],
    [200, 400, 400],
    [400, 80, 400],
  ])('a picture each %i ms wanted, one each %i there: one each %i taken', async (everyMs, gapMs, takenMs) => {
    const taken = await thin(everyMs, gapMs);
    expect(taken.length).toBeGreaterThanOrEqual(Math.floor(20_000 / takenMs));
    for (const [i, at] of taken.entries()) expect(at).toBe(i * takenMs);
  });
});

test.each([
  [0, 0.5, 1000],
  [3, 0.5, 8000],
  [6, 0.5, 60_000],
  [1000, 0, 48_000],
  [0, 1, 1200],
])('after %i failures, random %d: %i ms', (failures, random, expected) => {
  expect(toBackoffMs(failures, undefined, random)).toBe(expected);
});

describe('when to connect again', () => {
  const ended = (kind: ConnectionEnd['kind'], pictures = 0): ConnectionEnd => ({
    kind,
    reason: '',
    pictures,
  });
  const timing: LiveTiming = {
    ...liveTiming,
    toBackoffMs: (failures, longestMs) => toBackoffMs(failures, longestMs, 0.5),
  };

  test('while the camera answers, soon enough to be back within 15 s; after an hour without a picture, rarely', () => {
    let nowMs = 0;
    const plan = createRetryPlan(timing, () => nowMs);
    const waits = [1, 2, 3, 4, 5].map(() => plan.toWaitMs(ended('lost'), 0));
    expect(waits).toEqual([1000, 2000, 4000, 5000, 5000]);
    // An attempt that took long was a wait itself.
    expect(plan.toWaitMs(ended('stalled'), 9000)).toBe(1000);
    nowMs = 3_700_000;
    expect(plan.toWaitMs(ended('lost'), 0)).toBeGreaterThan(30_000);
    expect(plan.toWaitMs(ended('lost', 1), 1000)).toBe(5000);
    expect(plan.toWaitMs(ended('lost', 1), 40_000)).toBe(2000);
    expect(plan.toWaitMs(ended('lost', 9), 300_000)).toBe(1000);
  });

  test('a killed ffmpeg is replaced at once, one that never brings a picture is not', () => {
    const plan = createRetryPlan(timing, () => 0);
    for (let i = 0; i < 5; i++) plan.toWaitMs(ended('lost'), 0);
    expect(plan.toWaitMs(ended('killed', 3), 1000)).toBe(1000);
    expect(plan.toWaitMs(ended('killed'), 0)).toBe(5000);
    expect(plan.toWaitMs(ended('changed', 3), 20_000)).toBe(0);
    const again = [1, 2, 3, 4].map(() => {
      const waitMs = plan.toWaitMs(ended('changed', 3), 2000);
      return [waitMs, plan.isUnsteady(ended('changed', 3))];
    });
    expect(again).toEqual([
      [1000, false],
      [1000, false],
      [1000, false],
      [5000, true],
    ]);
    expect(plan.isUnsteady(ended('lost', 3))).toBe(false);
  });

  test('a camera that is known to be quick is not waited for long; one of which nothing is known is, at times, and one known to be slow', () => {
    const unknown = createRetryPlan(timing, () => 0);
    const known = createRetryPlan(timing, () => 0);
    known.toWaitMs({ ...ended('lost', 5), describedInMs: 600 }, 1000);
    const slow = createRetryPlan(timing, () => 0);
    slow.toWaitMs({ ...ended('lost', 5), describedInMs: 2000 }, 1000);
    const rare = createRetryPlan(timing, () => 0);
    rare.toWaitMs({ ...ended('lost', 5), describedInMs: 14_000 }, 1000);
    const plans = [unknown, known, slow, rare];
    const limits = [1, 2, 3, 4, 5].map(() => {
      const each = plans.map((plan) => plan.toDescribeMs());
      for (const plan of plans) plan.toWaitMs(ended('stalled'), 5000);
      return each;
    });
    expect(limits).toEqual([
      [15_000, 5000, 8000, 28_000],
      [9000, 5000, 8000, 28_000],
      [9000, 5000, 8000, 28_000],
      [9000, 5000, 8000, 28_000],
      [45_000, 5000, 8000, 28_000],
    ]);
  });

  test('a password that never was accepted is tried three times soon, then once a minute', () => {
    const plan = createRetryPlan(timing, () => 0);
    const waits = [1, 2, 3, 4].map(() => plan.toWaitMs(ended('unauthorized'), 500));
    expect(waits.map((ms) => ms > 10_000)).toEqual([false, false, true, true]);
    for (const ms of waits) expect(ms).toBeLessThanOrEqual(60_000);
    plan.noteReturn();
    expect(plan.toWaitMs(ended('unauthorized'), 500)).toBeLessThanOrEqual(8000);
  });

  test('one that was accepted before is tried for ten minutes', () => {
    let nowMs = 0;
    const plan = createRetryPlan(timing, () => nowMs);
    plan.toWaitMs(ended('lost', 100), 60_000);
    for (; nowMs < 600_000; nowMs += 8000)
      expect(plan.toWaitMs(ended('unauthorized'), 500)).toBeLessThanOrEqual(8000);
    expect(plan.toWaitMs(ended('unauthorized'), 500)).toBeGreaterThan(40_000);
  });
});

describe('anchor', () => {
  test('what arrives late does not count; what arrives first does', () => {
    const finder = createAnchorFinder(Number.NEGATIVE_INFINITY);
    expect(finder.settle()).toBeNull();
    finder.noteEdge(10_900, 0); // read ahead at start-up
    finder.noteEdge(10_950, 700);
    finder.noteEdge(11_260, 1000);
    expect(finder.settle()).toEqual({ offsetMs: 10_250, measuredMs: 10_250 });
    finder.noteEdge(12_250, 9000);
    expect(finder.settle()).toEqual({ offsetMs: 10_250, measuredMs: 10_250 });
  });

  test('no name is given twice', () => {
    const finder = createAnchorFinder(12_000);
    finder.noteEdge(11_000, 500);
    expect(finder.settle()).toEqual({ offsetMs: 11_501, measuredMs: 10_500 });
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
