import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DetectionBatch } from '../domain/mod.ts';
import { stand, visit } from './test-support/actors.ts';
import { setClock } from './test-support/disturb.ts';
import { createScene, foldBatches, listOf } from './test-support/fold.ts';
import { createRandom } from './test-support/random.ts';
import { epochMs, filmStreet } from './test-support/street.ts';

const place = [0.4, 0.45, 0.52, 0.6] as const;
const other = [0.7, 0.45, 0.82, 0.6] as const;
const legalMs = 30_000;
const jumps = [-86_400_000, -3_600_000, -40_000, -6000, 6000, 25_000, 600_000, 86_400_000];

function film(stepMs: number, seed: number): DetectionBatch[] {
  const actors = [stand(place, 0, 45), visit(other, 90, 200, 3)];
  return filmStreet(actors, { seconds: 200, stepMs, seed, jitter: 0.03, dropOut: 0.1 });
}

describe('a clock that is set', () => {
  test.each(jumps)('by %d ms never makes a stay longer, and what comes later is raised in time', (byMs) => {
    for (const stepMs of [500, 1000, 2000])
      for (const atS of [4, 20, 40, 60, 100, 115]) {
        const batches = setClock(film(stepMs, atS), (atS * 1000) / stepMs, byMs);
        const folded = foldBatches(batches, createScene());
        const { clockJumpsBack, clockJumpsForward, batches: used, holes } = folded.state.counters;
        expect([clockJumpsBack, clockJumpsForward]).toEqual(byMs < 0 ? [1, 0] : [0, 1]);
        expect([used, holes]).toEqual([batches.length, 0]);
        const raised = listOf(folded, 'raised');
        for (const { first, last, dwellMs } of raised) {
          expect(last.ptsMs - first.ptsMs).toBeGreaterThanOrEqual(legalMs);
          expect(dwellMs).toBe(last.ptsMs - first.ptsMs);
        }
        const later = raised.filter(({ first }) => first.box[0] > 0.6);
        const countsFromS = Math.max(90, atS);
        expect(later.map(({ first, last }) => [first.ptsMs / 1000, last.ptsMs / 1000])).toEqual([
          [toBeNear(countsFromS, 3 + stepMs / 250), toBeNear(countsFromS + 30, 3 + stepMs / 250)],
        ]);
      }
  });

  test('forward or back, ends a raised candidate with its last sight and holds what stands there for the same', () => {
    for (const byMs of jumps) {
      const batches = setClock(filmStreet([stand(place, 0, 200)], { seconds: 200, stepMs: 1000 }), 100, byMs);
      const folded = foldBatches(batches, createScene());
      expect(listOf(folded, 'ended')).toMatchObject([
        { toMs: epochMs + 99_000, explanation: expect.stringContaining("the camera's clock was set") },
      ]);
      const first = listOf(folded, 'raised');
      expect(first).toHaveLength(1);
      expect(listOf(folded, 'suppressed')).toMatchObject([
        { suppressed: { reason: 'duplicate', duplicateOf: first[0]?.id } },
      ]);
    }
  });

  test('holds the same thing no longer than the cooldown', () => {
    const batches = setClock(
      filmStreet([stand(place, 0, 200)], { seconds: 200, stepMs: 1000 }),
      100,
      -3_600_000,
    );
    const folded = foldBatches(batches, createScene([{ cooldownMs: 60_000 }]));
    expect(listOf(folded, 'raised').map(({ last }) => last.ptsMs)).toEqual([30_000, 161_000]);
  });
});

test('batches out of order or twice change nothing but counters, whatever the clock does', () => {
  const log = fc
    .tuple(fc.nat(100), fc.constantFrom(500, 1000, 2000), fc.nat(150), fc.constantFrom(0, ...jumps))
    .map(([seed, stepMs, at, byMs]) => setClock(film(stepMs, seed), at, byMs));
  fc.assert(
    fc.property(log, fc.nat(1000), (batches, seed) => {
      const random = createRandom(seed);
      const delivered = batches.flatMap((batch, index) => {
        const late = batches.slice(0, index).filter(() => random() < 0.02);
        return random() < 0.1 ? [...late, batch, batch] : [...late, batch];
      });
      const { events, state } = foldBatches(delivered, createScene());
      const once = foldBatches(batches, createScene());
      expect(events).toEqual(once.events);
      const { duplicateBatches, lateBatches, ...others } = state.counters;
      expect(duplicateBatches + lateBatches).toBe(delivered.length - batches.length);
      expect(others).toEqual(expect.objectContaining({ batches: batches.length }));
    }),
    { numRuns: 40 },
  );
});

function toBeNear(seconds: number, toleranceS: number): unknown {
  return expect.toSatisfy((found: number) => Math.abs(found - seconds) <= toleranceS);
}
