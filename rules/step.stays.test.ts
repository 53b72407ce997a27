import { describe, expect, test } from 'vitest';
import { createScene, foldBatches, listOf } from './test-support/fold.ts';
import { stayCases } from './test-support/stay-cases.ts';
import { epochMs, filmStreet } from './test-support/street.ts';

const steps = [200, 1000, 2000];

describe.each(stayCases)('$name', ({ actors, options, gapMs, raised, unknownS }) => {
  test.each(steps.flatMap((stepMs) => [1, 2, 3].map((seed) => [stepMs, seed] as const)))(
    'a sample every %d ms, seed %d',
    (stepMs, seed) => {
      const batches = filmStreet(actors, { seconds: 120, stepMs, seed, jitter: 0.03, ...options });
      const folded = foldBatches(batches, createScene([gapMs === undefined ? {} : { gapMs }]));
      const found = listOf(folded, 'raised').toSorted((a, b) => a.fromMs - b.fromMs);
      expect(found.map((facts) => toSeconds(facts.fromMs))).toEqual(
        raised.map(([from]) =>
          expect.toSatisfy((s: number) => Math.abs(s - from) <= 1 + (2 * stepMs) / 1000),
        ),
      );
      const toleranceS = 0.5 + (2 * stepMs) / 1000;
      const ends = found.map(
        (facts) => listOf(folded, 'ended').find((end) => end.id === facts.id)?.toMs ?? null,
      );
      expect(ends.map((ms) => (ms === null ? null : toSeconds(ms)))).toEqual(
        raised.map(([, to]) => (to === null ? null : toBeNear(to, toleranceS))),
      );
      const tallies = folded.state.presences
        .filter((presence) => presence.phase === 'raised')
        .map(({ tally }) => tally);
      expect(tallies.map((tally) => tally.unknownMs / 1000)).toEqual(
        tallies.map(() => (unknownS === undefined ? expect.any(Number) : toBeNear(unknownS, toleranceS))),
      );
    },
  );
});

function toSeconds(ms: number): number {
  return (ms - epochMs) / 1000;
}

function toBeNear(seconds: number, toleranceS: number): unknown {
  return expect.toSatisfy(
    (found: number) => Math.abs(found - seconds) <= toleranceS,
    `${seconds} s +- ${toleranceS} s`,
  );
}
