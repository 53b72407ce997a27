import { expect, test } from 'vitest';
import { stand } from './test-support/actors.ts';
import { createScene, foldBatches } from './test-support/fold.ts';
import { epochMs, filmStreet } from './test-support/street.ts';

test('while it lasts a raised candidate is updated at a bounded rate, and sooner when it is lost from sight', () => {
  const car = stand([0.4, 0.45, 0.52, 0.6], 0, 400);
  const bus = stand([0.36, 0.38, 0.62, 0.75], 100, 150, { class: 'bus' });
  const { events } = foldBatches(
    filmStreet([car, bus], { seconds: 400, stepMs: 1000 }),
    createScene([{ legalMs: 60_000 }]),
  );
  const own = events.filter((event) => event.candidate.fromMs === epochMs && event.type === 'updated');
  const times = own.map((event) => (event.atMs - epochMs) / 1000);
  expect(times[0]).toBe(90);
  // as soon as it is believed to be there again after the bus: a third of the dwell was not seen
  expect(times[1]).toBe(153);
  expect(own[1]?.candidate.dwell.unknownMs).toBe(52_000);
  for (const [index, time] of times.entries())
    expect(time - (times[index - 1] ?? 60)).toBeGreaterThanOrEqual(10);
  expect(times.length).toBeLessThanOrEqual(12);
});

test('a phantom that flickers is never raised', () => {
  const phantom = stand([0.4, 0.45, 0.52, 0.6], 0, 400);
  for (let seed = 1; seed <= 10; seed++) {
    const batches = filmStreet([phantom], { seconds: 300, stepMs: 1000, seed, dropOut: 0.85, jitter: 0.04 });
    expect(foldBatches(batches, createScene()).events.filter((event) => event.type === 'raised')).toEqual([]);
  }
});

test('detections of a thing that jumps about are no rest', () => {
  const places = [0.1, 0.4, 0.7].map((x) => [x, 0.45, x + 0.12, 0.6] as const);
  const jumping = { class: 'car', score: 0.9, at: (s: number) => places[Math.floor(s) % 3] ?? null } as const;
  const { events } = foldBatches(filmStreet([jumping], { seconds: 200, stepMs: 1000 }), createScene());
  expect(events.filter((event) => event.type === 'raised')).toEqual([]);
});
