import { describe, expect, test } from 'vitest';
import type { Box } from '../domain/mod.ts';
import { stand, visit } from './test-support/actors.ts';
import { createOffenceScene, foldBatches, listOf } from './test-support/fold.ts';
import { type Actor, epochMs, filmStreet } from './test-support/street.ts';

/** Place of a bicycle in a row. */
function toPlace(index: number): Box {
  return [0.1 + 0.05 * index, 0.5, 0.135 + 0.05 * index, 0.56];
}

function bike(index: number, fromS: number, toS: number): Actor {
  return stand(toPlace(index), fromS, toS, { labels: ['bicycle', 'bicycle', 'motorcycle'] });
}

const scene = createOffenceScene({ offence: 'non_motor_parking', onset: '20s', legal: '2m' });

describe.each([500, 1000, 2000])('a sample every %d ms', (stepMs) => {
  const fold = (actors: readonly Actor[], seconds = 400) =>
    foldBatches(filmStreet(actors, { seconds, stepMs, jitter: 0.03, dropOut: 0.1 }), scene);

  test('a row of bicycles is one candidate, the others are held as its duplicates', () => {
    const folded = fold(Array.from({ length: 8 }, (_, i) => bike(i, 0, 400)));
    const raised = listOf(folded, 'raised');
    expect(raised).toHaveLength(1);
    const held = listOf(folded, 'suppressed');
    expect(held).toHaveLength(7);
    for (const { suppressed } of held)
      expect(suppressed).toMatchObject({ reason: 'duplicate', duplicateOf: raised[0]?.id });
  });

  test('two groups apart are two', () => {
    const folded = fold([...[0, 1, 2].map((i) => bike(i, 0, 400)), ...[8, 9].map((i) => bike(i, 0, 400))]);
    expect(listOf(folded, 'raised')).toHaveLength(2);
  });

  test('when the raised one has gone, the next that still stands is raised', () => {
    const folded = fold([bike(0, 0, 200), bike(1, 30, 400), bike(2, 30, 400)]);
    const raised = listOf(folded, 'raised');
    expect(raised).toHaveLength(2);
    expect((raised[0]?.fromMs ?? 0) - epochMs).toBeLessThan(10_000);
    expect(raised[1]?.suppressed).toBeNull();
    expect((raised[1]?.raisedAtMs ?? 0) - epochMs).toBeGreaterThan(200_000);
    expect((raised[1]?.raisedAtMs ?? 0) - epochMs).toBeLessThan(245_000);
  });

  test('bicycles that come and go within the limit are none, however many', () => {
    const visits = Array.from({ length: 24 }, (_, i) =>
      visit(toPlace((i * 3) % 8), 15 * i, 15 * i + 60, 5, { class: 'bicycle' }),
    );
    expect(listOf(fold(visits), 'raised')).toEqual([]);
  });
});
