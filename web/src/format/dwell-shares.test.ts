import { assert, integer, pre, property } from 'fast-check';
import { expect, test } from 'vitest';
import { toDwellPercentages } from './dwell-shares.ts';

test.each([
  [300_000, 0, 0, { seen: 100, bridged: 0, unknown: 0 }],
  [280_000, 24_000, 8_000, { seen: 90, bridged: 8, unknown: 2 }],
  [1, 1, 1, { seen: 34, bridged: 33, unknown: 33 }],
  [999_000, 0, 1_000, { seen: 99, bridged: 0, unknown: 1 }],
  [1_000_000, 1, 1, { seen: 98, bridged: 1, unknown: 1 }],
  [0, 0, 0, { seen: 0, bridged: 0, unknown: 0 }],
])('%i, %i, %i ms', (seenMs, bridgedMs, unknownMs, expected) => {
  expect(toDwellPercentages({ seenMs, bridgedMs, unknownMs })).toEqual(expected);
});

test('adds up to 100, within one or two of the truth, and hides no share that is there', () => {
  const ms = integer({ min: 0, max: 1_000_000_000 });
  assert(
    property(ms, ms, ms, (seenMs, bridgedMs, unknownMs) => {
      const total = seenMs + bridgedMs + unknownMs;
      pre(total > 0);
      const shares = toDwellPercentages({ seenMs, bridgedMs, unknownMs });
      expect(shares.seen + shares.bridged + shares.unknown).toBe(100);
      for (const [share, part] of [
        [shares.seen, seenMs],
        [shares.bridged, bridgedMs],
        [shares.unknown, unknownMs],
      ] as const) {
        expect(share > 0).toBe(part > 0);
        expect(Math.abs(share - (part / total) * 100)).toBeLessThanOrEqual(2);
      }
    }),
  );
});
