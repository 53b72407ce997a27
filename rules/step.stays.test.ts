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
      for (const [index, [, to]] of raised.entries()) {
        const end = listOf(folded, 'ended').find((facts) => facts.id === found[index]?.id);
        if (to === null) expect(end).toBeUndefined();
        else expect(Math.abs(toSeconds(end?.toMs ?? 0) - to)).toBeLessThanOrEqual(toleranceS);
      }
      for (const presence of folded.state.presences) {
        const { seenMs, bridgedMs, unknownMs, lastSeenMs } = presence.tally;
        expect(seenMs + bridgedMs + unknownMs).toBe(lastSeenMs - presence.fromMs);
        if (unknownS !== undefined && presence.phase === 'raised')
          expect(Math.abs(unknownMs / 1000 - unknownS)).toBeLessThanOrEqual(toleranceS);
      }
    },
  );
});

function toSeconds(ms: number): number {
  return (ms - epochMs) / 1000;
}
