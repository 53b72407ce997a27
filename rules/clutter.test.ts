import { describe, expect, test } from 'vitest';
import type { Box, ObjectClass, Offence } from '../domain/mod.ts';
import { pass, stand, visit } from './test-support/actors.ts';
import { createOffenceScene, foldBatches, listOf } from './test-support/fold.ts';
import { type Actor, epochMs, filmStreet, type StreetOptions } from './test-support/street.ts';

const heap: Box = [0.4, 0.5, 0.5, 0.62];
const car: Box = [0.3, 0.42, 0.46, 0.62];
const names: readonly ObjectClass[] = ['object', 'goods', 'garbage', 'cart', 'umbrella'];

interface ClutterCase {
  readonly name: string;
  readonly offence?: Offence;
  readonly classes?: readonly ObjectClass[];
  readonly actors: readonly Actor[];
  readonly options?: Partial<StreetOptions>;
  /** Seconds from which each candidate must count. */
  readonly raised: readonly number[];
}

const clutterCases: readonly ClutterCase[] = [
  { name: 'something without a name', actors: [stand(heap, 20, 900, { class: 'object' })], raised: [20] },
  { name: 'goods', actors: [stand(heap, 20, 900, { class: 'goods' })], raised: [20] },
  {
    name: 'whatever it is called from sample to sample',
    actors: [stand(heap, 20, 900, { labels: names })],
    raised: [20],
  },
  {
    name: 'a model and the stationary detector see the same thing',
    actors: [
      stand(heap, 20, 900, { labels: ['goods', 'garbage'] }),
      stand([0.39, 0.49, 0.505, 0.63], 25, 900, { class: 'object', score: 0.9 }),
    ],
    options: { dropOut: 0.2 },
    raised: [20],
  },
  {
    name: 'two heaps apart',
    actors: [
      stand(heap, 20, 900, { labels: names }),
      stand([0.55, 0.5, 0.65, 0.62], 60, 900, { labels: names }),
    ],
    raised: [20, 60],
  },
  {
    name: 'a parked car that the stationary detector reports too',
    actors: [stand(car, 0, 900), stand([0.29, 0.41, 0.48, 0.63], 10, 900, { class: 'object', score: 0.9 })],
    options: { dropOut: 0.3 },
    raised: [],
  },
  {
    name: 'somebody who waits, reported by the stationary detector too',
    actors: [
      stand([0.4, 0.45, 0.43, 0.6], 0, 900, { class: 'person' }),
      stand([0.395, 0.45, 0.435, 0.605], 10, 900, { class: 'object', score: 0.9 }),
    ],
    options: { dropOut: 0.3 },
    raised: [],
  },
  {
    name: 'a parked bicycle',
    actors: [stand(heap, 0, 900, { labels: ['bicycle', 'motorcycle'] })],
    raised: [],
  },
  { name: 'a bin', actors: [stand(heap, 0, 900, { class: 'garbage_bin' })], raised: [] },
  {
    name: 'a bin, where the rule lists it',
    classes: ['garbage_bin'],
    actors: [stand(heap, 0, 900, { class: 'garbage_bin' })],
    raised: [0],
  },
  {
    name: 'a cart that stops for less than legal',
    actors: [visit(heap, 20, 300, 10, { class: 'cart' })],
    raised: [],
  },
  {
    name: 'people pass in front',
    actors: [
      stand(heap, 20, 900, { labels: names }),
      ...Array.from({ length: 80 }, (_, i) => pass([0, 0.45, 0.03, 0.66], 11 * i, 0.05, { class: 'person' })),
    ],
    raised: [20],
  },
  {
    name: 'a truck stands in front for three minutes',
    actors: [
      stand(heap, 20, 900, { labels: names }),
      stand([0.35, 0.4, 0.6, 0.75], 200, 380, { class: 'truck' }),
    ],
    raised: [20],
  },
  {
    name: 'goods before a shop',
    offence: 'shop_overflow',
    actors: [stand(heap, 20, 900, { labels: ['goods', 'object', 'vendor_stall'] })],
    raised: [20],
  },
  {
    name: 'garbage, once called goods in ten samples',
    offence: 'exposed_garbage',
    actors: [stand(heap, 20, 900, { labels: [...Array<ObjectClass>(9).fill('garbage'), 'goods'] })],
    raised: [20],
  },
  {
    name: 'goods are no garbage',
    offence: 'exposed_garbage',
    actors: [stand(heap, 20, 900, { class: 'goods' })],
    raised: [],
  },
  {
    name: 'a bin that overflows, and is emptied too late',
    offence: 'overflowing_bin',
    actors: [
      stand(heap, 0, 100, { class: 'garbage_bin' }),
      stand(heap, 100.01, 900, {
        labels: ['overflowing_bin', 'overflowing_bin', 'overflowing_bin', 'garbage_bin'],
      }),
    ],
    raised: [100],
  },
  {
    name: 'a bin that overflows and is emptied in time',
    offence: 'overflowing_bin',
    actors: [
      stand(heap, 0, 100, { class: 'garbage_bin' }),
      stand(heap, 100.01, 500, { class: 'overflowing_bin' }),
      stand(heap, 500.01, 900, { class: 'garbage_bin' }),
    ],
    raised: [],
  },
  {
    name: 'a bin that does not',
    offence: 'overflowing_bin',
    actors: [stand(heap, 0, 900, { class: 'garbage_bin' })],
    raised: [],
  },
];

describe.each(clutterCases)('$name', ({ offence = 'clutter', classes, actors, options, raised }) => {
  test.each([
    [500, 1],
    [1000, 2],
    [2000, 3],
    [5000, 4],
  ])('a sample every %d ms, seed %d', (stepMs, seed) => {
    const batches = filmStreet(actors, {
      seconds: 900,
      stepMs,
      seed,
      jitter: 0.03,
      dropOut: 0.05,
      ...options,
    });
    const scene = createOffenceScene({ offence, onset: '1m', legal: '10m', ...(classes && { classes }) });
    const found = listOf(foldBatches(batches, scene), 'raised').toSorted((a, b) => a.fromMs - b.fromMs);
    expect(found.map((facts) => (facts.fromMs - epochMs) / 1000)).toEqual(
      raised.map((from) => expect.toSatisfy((s: number) => s >= from && s <= from + 1 + (3 * stepMs) / 1000)),
    );
    for (const facts of found) {
      expect(facts.offence).toBe(offence);
      const raisedAtMs = facts.raisedAtMs ?? 0;
      expect(raisedAtMs - facts.fromMs).toBeGreaterThanOrEqual(600_000);
      expect(raisedAtMs - facts.fromMs).toBeLessThanOrEqual(610_000 + 2 * stepMs);
    }
  });
});
