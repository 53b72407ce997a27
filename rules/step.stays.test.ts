import { describe, expect, test } from 'vitest';
import { createScene, foldBatches, listOf } from './test-support/fold.ts';
import { filmStay, stayCases } from './test-support/stay-cases.ts';
import { epochMs } from './test-support/street.ts';

const samplings = [200, 500, 1000, 2000].flatMap((stepMs) =>
  [0, 0.3].flatMap((dropOut) =>
    (stepMs === 200 ? [1] : [1, 2, 3]).map((seed) => ({ stepMs, dropOut, seed })),
  ),
);

describe.each(stayCases)('$name', (stayCase) => {
  const { rule, lossyUpToMs = 2000, raised, unknownS, latenessS = 0 } = stayCase;
  test.each(samplings.filter(({ stepMs, dropOut }) => dropOut === 0 || stepMs <= lossyUpToMs))(
    'a sample every $stepMs ms, $dropOut lost, seed $seed',
    (sampling) => {
      const { stepMs, dropOut } = sampling;
      const folded = foldBatches(filmStay(stayCase, sampling), createScene([rule ?? {}]));
      const found = listOf(folded, 'raised').toSorted((a, b) => a.fromMs - b.fromMs);
      // a few samples in a row may show nothing
      const startToleranceS = 1 + ((dropOut === 0 ? 2 : 6) * stepMs) / 1000;
      expect(found.map((facts) => toSeconds(facts.fromMs))).toEqual(
        raised.map(([from]) => toBeNear(from + latenessS / 2, startToleranceS + latenessS / 2)),
      );
      const toleranceS = 0.5 + ((dropOut === 0 ? 2 : 4) * stepMs) / 1000;
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
