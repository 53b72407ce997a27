import { describe, expect, test } from 'vitest';
import type { Box } from '../domain/mod.ts';
import { moveBox, toActor } from './test-support/actors.ts';
import { createScene, foldBatches, listOf } from './test-support/fold.ts';
import { type Actor, epochMs, filmStreet } from './test-support/street.ts';

const place: Box = [0.45, 0.5, 0.57, 0.62];

/** Stops at `box` from one second to another; takes two seconds each to brake over most of the picture's width and to drive off. */
function brake(box: Box, fromS: number, toS: number): Actor {
  return toActor((s) => {
    if (s < fromS - 2 || s > toS + 2) return null;
    if (s < fromS) return moveBox(box, -0.9 * ((fromS - s) / 2) ** 2, 0);
    return s > toS ? moveBox(box, 0.9 * ((s - toS) / 2) ** 2, 0) : box;
  });
}

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

describe('one leaves and another stands in its place five seconds later', () => {
  test.each([
    ['two samples a second', 500],
    ['one sample a second', 1000],
  ])('%s: two stays, though the one that comes covers the place of the one that left', (_name, stepMs) => {
    const actors = [brake(place, 5, 60), brake(moveBox(place, 0.008, 0.004), 65, 300)];
    const counts = seeds.map((seed) => {
      const folded = foldBatches(
        filmStreet(actors, { seconds: 120, stepMs, seed, jitter: 0.03 }),
        createScene(),
      );
      return listOf(folded, 'raised').map(({ fromMs }) => Math.round((fromMs - epochMs) / 1000 / 5) * 5);
    });
    expect(counts).toEqual(seeds.map(() => [5, 65]));
  });

  test('what passes close in front of one that stays ends nothing', () => {
    const ahead = moveBox(place, 0, 0.05);
    const passing = Array.from({ length: 12 }, (_, i) =>
      toActor((s) => {
        const x = (s - 8 * i) * 0.25 - 0.3;
        return x < -0.2 || x > 1 ? null : ([x, ahead[1], x + 0.12, ahead[3]] as const);
      }),
    );
    for (const seed of seeds) {
      const batches = filmStreet([toActor(() => place), ...passing], {
        seconds: 120,
        stepMs: 1000,
        seed,
        jitter: 0.03,
      });
      const raised = listOf(foldBatches(batches, createScene()), 'raised');
      expect(raised.map(({ fromMs }) => fromMs - epochMs)).toEqual([0]);
    }
  });
});

test('a stay seen in two of three samples begins with its first sight, however slow the sampling', () => {
  for (const seed of seeds) {
    const batches = filmStreet([toActor(() => place)], {
      seconds: 180,
      stepMs: 2000,
      seed,
      jitter: 0.03,
      dropOut: 0.3,
    });
    const first = batches.find(({ detections }) => detections.length > 0)?.capturedAtMs;
    const raised = listOf(foldBatches(batches, createScene()), 'raised');
    expect(raised.map(({ fromMs }) => fromMs)).toEqual([first]);
  }
});

test('a parked car missed while traffic passes close in front keeps its track, and no passing one takes it', () => {
  for (const seed of seeds) {
    const passing = Array.from({ length: 36 }, (_, i) =>
      toActor((s) => {
        const x = (s - 5 * i - ((i * seed) % 3)) * (0.12 + 0.02 * ((i + seed) % 5)) - 0.2;
        return x < -0.2 || x > 1 ? null : ([x, 0.61, x + 0.14, 0.76] as const);
      }),
    );
    const batches = filmStreet([toActor(() => place), ...passing], {
      seconds: 180,
      stepMs: 2000,
      seed,
      jitter: 0.03,
      dropOut: 0.05,
    });
    const folded = foldBatches(batches, createScene());
    expect(listOf(folded, 'raised').map(({ fromMs }) => fromMs - epochMs)).toEqual([0]);
    expect(listOf(folded, 'ended')).toEqual([]);
  }
});
