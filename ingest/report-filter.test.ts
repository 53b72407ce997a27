import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createReportFilter } from './report-filter.ts';

/** Raw, wall and arrival time. */
type Pair = readonly [number, number, number];

function filter(pairs: readonly Pair[]): Pair[] {
  const passed: Pair[] = [];
  const reports = createReportFilter((...pair) => passed.push(pair));
  for (const pair of pairs) reports.note(...pair);
  return passed;
}

const startMs = 1_800_000_000_000;
const wrapMs = 2 ** 32 / 90;

/** A pair each half second, which is told of half a second later; the camera's clock is `aheadMs` ahead. */
function toReports(count: number, aheadMs: number, jitterMs: (i: number) => number = () => 0): Pair[] {
  return Array.from({ length: count }, (_, i) => {
    const rawMs = 3_600_000 + i * 500;
    return [rawMs, startMs + i * 500 + aheadMs, startMs + i * 500 + 540 + jitterMs(i)];
  });
}

describe('what comes from the camera is told from what ffmpeg makes up', () => {
  test.each([
    ['a right clock', toReports(10, 0), 7],
    ['an hour fast', toReports(10, 3_600_000), 7],
    ['a year slow', toReports(10, -31_536_000_000), 7],
    ['too few to judge', toReports(3, 0), 0],
    ['times of writing', toReports(20, 0).map(([raw, , at]): Pair => [raw, at - 3, at]), 0],
    [
      'times of writing that scatter',
      toReports(20, 0, (i) => (i % 3) * 30).map(([raw, , at]): Pair => [raw, at, at]),
      0,
    ],
    // What looks like the time of writing counts as it: a clock half a second fast.
    ['half a second fast', toReports(20, 540), 0],
    ['off any line', toReports(20, 0).map(([raw, wall, at], i): Pair => [raw, wall + (i % 2) * 40, at]), 0],
  ])('%s', (_name, pairs, count) => {
    expect(filter(pairs)).toHaveLength(count);
  });

  test.each([
    [
      'reports that go backwards',
      toReports(30, 0).map(([raw, wall, at], i): Pair => [raw, wall - i * 5000, at]),
      true,
    ],
    [
      'reports of no time of the stream',
      toReports(30, 0).map(([raw, wall, at], i): Pair => [raw, wall + ((i * 7919) % 97) * 1e6, at]),
      true,
    ],
    [
      'a clock that is set once, from a year ago',
      toReports(30, 0).map(([raw, wall, at], i): Pair => [raw, i < 15 ? wall - 3e10 : wall, at]),
      false,
    ],
    [
      'a clock that is set once, by an hour',
      toReports(30, -3e10).map(([raw, wall, at], i): Pair => [raw, i < 15 ? wall : wall + 3.6e6, at]),
      false,
    ],
    [
      'times of writing on a busy machine',
      toReports(30, 0).map(([raw, , at], i): Pair => [raw, at - (i % 5) * 300, at]),
      false,
    ],
  ])('contradictions are told: %s', (_name, pairs, isErratic) => {
    let told = 0;
    const reports = createReportFilter(
      () => {},
      () => told++,
    );
    for (const pair of pairs) reports.note(...pair);
    expect(told > 0).toBe(isErratic);
  });

  test('from the first report on, when it comes late', () => {
    const pairs = toReports(20, -2000);
    const mixed = pairs.map((pair, i): Pair => (i < 8 ? [pair[0], pair[2], pair[2]] : pair));
    expect(filter(mixed)).toEqual(pairs.slice(11));
  });

  test.each([-1, 1])('the wrap of RTP time stamps is taken back (%i)', (sign) => {
    const pairs = toReports(12, 0);
    const wrapped = pairs.map(([raw, wall, at], i): Pair => [raw, i < 6 ? wall : wall + sign * wrapMs, at]);
    const passed = filter(wrapped);
    expect(passed).toHaveLength(9);
    for (const [i, [raw, wall]] of passed.entries()) {
      expect(raw).toBe(pairs[i + 3]?.[0]);
      expect(Math.abs(wall - (pairs[i + 3]?.[1] ?? 0))).toBeLessThan(1);
    }
  });

  test('law: network jitter does not matter, and what passes is unchanged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 4, maxLength: 30 }),
        fc.integer({ min: -4000, max: 100 }),
        (jitters, aheadMs) => {
          const pairs = toReports(jitters.length, aheadMs, (i) => jitters[i] ?? 0);
          expect(filter(pairs)).toEqual(pairs.slice(3));
        },
      ),
    );
  });
});
