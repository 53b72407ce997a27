import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from '../domain/mod.ts';
import { stand } from './test-support/actors.ts';
import { createScene, foldBatches, listOf } from './test-support/fold.ts';
import { createRandom } from './test-support/random.ts';
import { epochMs, filmStreet } from './test-support/street.ts';

const hourS = 3600;

function toPlace(lane: number): Box {
  return [0.02 + lane * 0.12, 0.45, 0.11 + lane * 0.12, 0.6];
}

function film(stays: readonly (readonly [fromS: number, toS: number])[], seconds: number, stepMs: number) {
  const cars = stays.map(([fromS, toS], lane) => stand(toPlace(lane % 8), fromS, toS));
  return filmStreet(cars, { seconds, stepMs });
}

describe('the cap per hour', () => {
  test('holds what is over, says so, and raises the one that has waited longest when there is room', () => {
    // not together: three that come at once would be a queue of traffic
    const batches = film(
      [
        [0, 9000],
        [200, 9000],
        [400, 9000],
        [600, 9000],
        [800, 1800],
      ],
      9000,
      2000,
    );
    const folded = foldBatches(batches, createScene([{ capPerHour: 2 }]));
    const lane = ({ first }: { first: { box: Box } }) => Math.round((first.box[0] - 0.02) / 0.12);
    const tell = (type: 'raised' | 'suppressed') =>
      folded.events
        .filter((event) => event.type === type)
        .map(({ atMs, candidate }) => [lane(candidate), (atMs - epochMs) / 1000]);
    expect(tell('suppressed')).toEqual([
      [2, 430],
      [3, 630],
      [4, 830],
    ]);
    expect(tell('raised')).toEqual([
      [0, 30],
      [1, 230],
      [2, 30 + hourS],
      [3, 230 + hourS],
    ]);
    expect(listOf(folded, 'suppressed')[0]).toMatchObject({
      suppressed: { reason: 'cap' },
      raisedAtMs: null,
    });
    expect(listOf(folded, 'suppressed')[0]?.explanation).toContain(
      'held (cap): the rule has raised 2 within the hour and may raise 2; the next may follow at 2026-01-09 12:42:40 UTC',
    );
    expect(listOf(folded, 'raised')[2]).toMatchObject({ suppressed: null, dwellMs: (hourS - 370) * 1000 });
    expect(folded.state.counters).toMatchObject({ raised: 4, suppressed: { cap: 3 } });
  });

  test('never raises more in any hour, and loses none that waits', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 3 }), (seed, capPerHour) => {
        const random = createRandom(seed);
        const stays = Array.from({ length: 8 }, (_, i) => [i * 150 + random() * 100, 20_000] as const);
        const scene = createScene([{ capPerHour, congestion: 'ignore' }]);
        const folded = foldBatches(film(stays, 20_000, 10_000), scene);
        const raisedMs = folded.events.filter(({ type }) => type === 'raised').map(({ atMs }) => atMs);
        for (const fromMs of raisedMs)
          expect(raisedMs.filter((ms) => ms >= fromMs && ms < fromMs + 3_600_000).length).toBeLessThanOrEqual(
            capPerHour,
          );
        const raised = listOf(folded, 'raised');
        expect(raised.length).toBe(Math.min(8, capPerHour * 6));
        const starts = raised.map(({ fromMs }) => fromMs);
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      }),
      { numRuns: 10 },
    );
  });
});

describe('cooldown', () => {
  const place = toPlace(3);
  const lost = [stand(place, 0, 100), stand(place, 220, 400)];

  test('a parked car that is not made out for two minutes is one candidate', () => {
    const folded = foldBatches(filmStreet(lost, { seconds: 400, stepMs: 1000 }), createScene());
    expect(listOf(folded, 'raised')).toHaveLength(1);
    expect(listOf(folded, 'suppressed')).toMatchObject([
      {
        presentSinceMs: epochMs + 220_000,
        suppressed: { reason: 'duplicate', duplicateOf: listOf(folded, 'raised')[0]?.id },
      },
    ]);
    expect(folded.state.counters.suppressed.duplicate).toBe(1);
  });

  test('lost from sight over and over it is one candidate still', () => {
    const flickering = Array.from({ length: 8 }, (_, i) => stand(place, 200 * i, 200 * i + 100));
    const batches = filmStreet(flickering, { seconds: 1600, stepMs: 1000 });
    const folded = foldBatches(batches, createScene([{ cooldownMs: 400_000 }]));
    expect(listOf(folded, 'raised')).toHaveLength(1);
    expect(listOf(folded, 'suppressed')).toHaveLength(7);
    const [first] = listOf(folded, 'raised');
    for (const { suppressed } of listOf(folded, 'suppressed'))
      expect(suppressed?.duplicateOf).toBe(first?.id);
  });

  test('is raised after all when it has stood longer than the cooldown', () => {
    const folded = foldBatches(
      filmStreet(lost, { seconds: 400, stepMs: 1000 }),
      createScene([{ cooldownMs: 150_000 }]),
    );
    expect(listOf(folded, 'raised').map((facts) => facts.raisedAtMs)).toEqual([
      epochMs + 30_000,
      epochMs + 371_000,
    ]);
  });

  test('is over when it is over', () => {
    const folded = foldBatches(
      filmStreet(lost, { seconds: 400, stepMs: 1000 }),
      createScene([{ cooldownMs: 60_000 }]),
    );
    expect(listOf(folded, 'raised').map((facts) => facts.raisedAtMs)).toEqual([
      epochMs + 30_000,
      epochMs + 250_000,
    ]);
  });

  test('another place is another thing', () => {
    const batches = filmStreet([stand(place, 0, 100), stand(toPlace(4), 220, 400)], {
      seconds: 400,
      stepMs: 1000,
    });
    expect(listOf(foldBatches(batches, createScene()), 'raised')).toHaveLength(2);
  });
});
