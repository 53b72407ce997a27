import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Pair, pickBestPairs } from './pick-pairs.ts';

type Row = readonly [track: number, observation: number, fit: number];

function toPairs(rows: readonly Row[]): Pair[] {
  return rows.map(([track, observation, fit]) => ({ track, observation, fit }));
}

test.each<[string, Row[], Row[]]>([
  ['nothing', [], []],
  [
    'no rivals',
    [
      [0, 1, 0.3],
      [4, 0, 0.9],
    ],
    [
      [0, 1, 0.3],
      [4, 0, 0.9],
    ],
  ],
  [
    'the better of two for one observation',
    [
      [0, 0, 0.5],
      [1, 0, 0.6],
    ],
    [[1, 0, 0.6]],
  ],
  [
    'greed would leave one without',
    [
      [0, 0, 0.8],
      [0, 1, 0.7],
      [1, 0, 0.7],
    ],
    [
      [0, 1, 0.7],
      [1, 0, 0.7],
    ],
  ],
  [
    'a thing that is surely where it was is not given up for two doubtful ones',
    [
      [0, 0, 0.95],
      [0, 1, 0.5],
      [1, 0, 0.5],
    ],
    [[0, 0, 0.95]],
  ],
])('%s', (_name, pairs, expected) => {
  const picked = pickBestPairs(toPairs(pairs)).toSorted((a, b) => a.track - b.track);
  expect(picked).toEqual(toPairs(expected));
});

const rows = fc.uniqueArray(fc.tuple(fc.nat(6), fc.nat(6), fc.double({ min: 0.01, max: 1, noNaN: true })), {
  maxLength: 20,
  selector: ([track, observation]) => `${track}/${observation}`,
});

test('every track and observation once, no less in all than greed finds, whatever the order', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const pairs = toPairs(all);
      const picked = pickBestPairs(pairs);
      expect(new Set(picked.map((pair) => pair.track)).size).toBe(picked.length);
      expect(new Set(picked.map((pair) => pair.observation)).size).toBe(picked.length);
      const greedy: Pair[] = [];
      for (const pair of pairs.toSorted((a, b) => b.fit - a.fit))
        if (!greedy.some((one) => one.track === pair.track || one.observation === pair.observation))
          greedy.push(pair);
      const toTotal = (some: readonly Pair[]): number => some.reduce((sum, { fit }) => sum + fit * fit, 0);
      expect(toTotal(picked)).toBeGreaterThanOrEqual(toTotal(greedy) - 1e-9);
      expect(toTotal(pickBestPairs(pairs.toReversed()))).toBeCloseTo(toTotal(picked), 9);
    }),
  );
});
