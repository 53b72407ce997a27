import { describe, expect, test } from 'vitest';
import type { Box, Rule } from '../domain/mod.ts';
import { moveBox, pass, queue, stand, toActor, visit } from './test-support/actors.ts';
import { createScene, type Folded, foldBatches, listOf } from './test-support/fold.ts';
import type { Actor, StreetOptions } from './test-support/street.ts';
import { epochMs, filmStreet } from './test-support/street.ts';

/** Places of a queue from its head on, bumper to bumper, along the picture. */
function toPlace(index: number): Box {
  return [0.82 - index * 0.13, 0.45, 0.94 - index * 0.13, 0.6];
}

const rates: Partial<StreetOptions>[] = [500, 1000, 2000].flatMap((stepMs) => [
  { stepMs },
  { stepMs, dropOut: 0.2, jitter: 0.03, seed: stepMs },
]);

describe.each(rates)('a sample every $stepMs ms, drop-outs $dropOut', (options) => {
  const fold = (actors: readonly Actor[], seconds: number, rule: Partial<Rule> = {}): Folded =>
    foldBatches(
      filmStreet(actors, { seconds, stepMs: 1000, ...options }),
      createScene([{ legalMs: 60_000, ...rule }]),
    );

  test('a queue at a red light, in waves', () => {
    const waves = [20, 160, 300].flatMap((fromS) => queue(toPlace(0), 5, fromS, fromS + 85));
    const folded = fold(waves, 440);
    expect(listOf(folded, 'raised')).toEqual([]);
    expect(folded.state.counters.suppressed.congestion).toBeGreaterThan(6);
  });

  test('a jam that creeps on', () => {
    // all move on by half a length each 70 s
    const jam = Array.from({ length: 6 }, (_, i) =>
      toActor((s) => {
        if (s < 10 + 2 * i) return moveBox(toPlace(i), -1.2 * (1 - s / (10 + 2 * i)), 0);
        const moves = Math.floor((s - 30) / 70);
        const on = Math.min(1, Math.max(0, ((s - 30) % 70) - 60) / 4);
        return moveBox(toPlace(i + 1), 0.08 * (moves < 0 ? 0 : moves + on), 0);
      }),
    );
    expect(listOf(fold(jam, 360), 'raised')).toEqual([]);
  });

  test('one car stays after the queue has gone', () => {
    const cars = queue(toPlace(0), 4, 20, 110);
    const folded = fold([...cars.slice(0, 3), visit(toPlace(3), 29, 400, 4)], 400);
    const raised = listOf(folded, 'raised');
    expect(raised).toHaveLength(1);
    // the queue has gone when all but one of the others have left, or are unseen for ten seconds
    const raisedS = ((raised[0]?.raisedAtMs ?? 0) - epochMs) / 1000;
    expect(raisedS).toBeGreaterThanOrEqual(110 + 60);
    expect(raisedS).toBeLessThanOrEqual(118 + 10 + 60 + 8);
    expect((raised[0]?.presentSinceMs ?? 0) - epochMs).toBeLessThan(35_000);
    expect(raised[0]?.explanation).toContain('when the queue of traffic had gone');
  });

  test('a row that is parked at the first picture', () => {
    const row = Array.from({ length: 5 }, (_, i) => stand(toPlace(i), 0, 200));
    const folded = fold(row, 200);
    expect(listOf(folded, 'raised')).toHaveLength(5);
    expect(listOf(folded, 'suppressed')).toEqual([]);
  });

  test('cars that park one by one over minutes', () => {
    const row = Array.from({ length: 4 }, (_, i) => visit(toPlace(i), 20 + 100 * i, 900, 4));
    const folded = fold(row, 600);
    expect(listOf(folded, 'raised')).toHaveLength(4);
    expect(listOf(folded, 'suppressed')).toEqual([]);
  });

  test('a parked car that traffic passes', () => {
    const traffic = Array.from({ length: 30 }, (_, i) => pass([0, 0.3, 0.12, 0.42], 5 * i, 0.2));
    const folded = fold([visit(toPlace(3), 20, 300, 4), ...traffic], 200);
    expect(listOf(folded, 'raised')).toHaveLength(1);
    expect(listOf(folded, 'suppressed')).toEqual([]);
  });

  test('a car that was parked before the queue formed is raised in time', () => {
    const cars = [visit(toPlace(0), 30, 600, 4), ...queue(toPlace(1), 4, 150, 280)];
    const folded = fold(cars, 270, { legalMs: 180_000 });
    const raised = listOf(folded, 'raised');
    expect(raised).toHaveLength(1);
    const raisedS = ((raised[0]?.raisedAtMs ?? 0) - epochMs) / 1000;
    expect(Math.abs(raisedS - 210)).toBeLessThanOrEqual(6);
  });

  test('two who park together are no queue', () => {
    const folded = fold([visit(toPlace(1), 20, 300, 4), visit(toPlace(2), 24, 300, 4)], 200);
    expect(listOf(folded, 'raised')).toHaveLength(2);
    expect(listOf(folded, 'suppressed')).toEqual([]);
  });
});

test('nothing stands in traffic for half an hour: then it is raised after all, as a whole', () => {
  const row = queue(toPlace(0), 4, 20, 5000);
  const folded = foldBatches(filmStreet(row, { seconds: 2200, stepMs: 2000 }), createScene());
  expect(listOf(folded, 'suppressed')).toHaveLength(4);
  const raised = listOf(folded, 'raised');
  expect(raised).toHaveLength(4);
  for (const { dwellMs, presentSinceMs, fromMs } of raised) {
    expect(fromMs).toBe(presentSinceMs);
    expect(Math.abs(dwellMs - 1_800_000)).toBeLessThanOrEqual(4000);
  }
});

test('a rule may ignore queues', () => {
  const folded = foldBatches(
    filmStreet(queue(toPlace(0), 5, 20, 105), { seconds: 150, stepMs: 1000 }),
    createScene([{ congestion: 'ignore' }]),
  );
  expect(listOf(folded, 'raised')).toHaveLength(5);
});
