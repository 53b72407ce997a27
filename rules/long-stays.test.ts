import { expect, test } from 'vitest';
import type { Box, DetectionBatch } from '../domain/mod.ts';
import { moveBox, stand, visit } from './test-support/actors.ts';
import { createOffenceScene, foldBatches, listOf } from './test-support/fold.ts';
import { epochMs, filmStreet } from './test-support/street.ts';

const shed: Box = [0.5, 0.46, 0.62, 0.62];
const scene = createOffenceScene({ offence: 'illegal_construction' });
const hour = 3600;

/** A shed from `fromH` on; nothing is made out between `nightH` and `dawnH`; a truck stands in front for an hour. */
function filmShed(
  fromH: number,
  nightH: number,
  dawnH: number,
  seed: number,
  dropOut: number,
): DetectionBatch[] {
  const noon = (nightH > 4 ? 3 : dawnH + 2) * hour;
  const actors = [
    stand(shed, fromH * hour, nightH * hour, { labels: ['object', 'object', 'goods', 'garbage'] }),
    stand(shed, dawnH * hour, 32 * hour, { labels: ['object', 'object', 'goods', 'garbage'] }),
    visit([0.4, 0.4, 0.7, 0.75], noon, noon + hour, 120, { class: 'truck' }),
    ...Array.from({ length: 40 }, (_, i) =>
      visit(moveBox(shed, 0.05 * ((i % 5) - 2), 0.06), (i + 0.3) * 0.7 * hour, (i + 0.5) * 0.7 * hour, 120, {
        class: 'person',
      }),
    ),
  ];
  return filmStreet(actors, { seconds: 30 * hour, stepMs: 60_000, seed, jitter: 0.03, dropOut });
}

test.each([
  { fromH: 0, nightH: 8, dawnH: 17, seed: 1, dropOut: 0 },
  { fromH: 0, nightH: 8, dawnH: 17, seed: 2, dropOut: 0.3 },
  { fromH: 4, nightH: 6, dawnH: 15, seed: 3, dropOut: 0.1 },
  { fromH: 2, nightH: 16, dawnH: 25, seed: 4, dropOut: 0.2 },
])('a shed of 30 h of time-lapse with a night is one candidate at 24 h: %j', ({ fromH, ...film }) => {
  const folded = foldBatches(filmShed(fromH, film.nightH, film.dawnH, film.seed, film.dropOut), scene);
  const raised = listOf(folded, 'raised');
  expect(raised.map((facts) => facts.offence)).toEqual(['illegal_construction']);
  const fromS = ((raised[0]?.fromMs ?? 0) - epochMs) / 1000;
  expect(fromS).toBeGreaterThanOrEqual(fromH * hour);
  expect(fromS).toBeLessThanOrEqual(fromH * hour + 600);
  const delayMs = (raised[0]?.raisedAtMs ?? 0) - (raised[0]?.fromMs ?? 0) - 24 * hour * 1000;
  expect(delayMs).toBeGreaterThanOrEqual(0);
  expect(delayMs).toBeLessThanOrEqual(film.dropOut > 0 ? 600_000 : 60_000);
  expect(listOf(folded, 'ended').filter((facts) => facts.id === raised[0]?.id)).toEqual([]);
  expect(JSON.stringify(folded.state).length).toBeLessThan(30_000);
});

test('a shed that is taken down after 20 h, and another built beside it, are none', () => {
  const batches = filmStreet(
    [
      stand(shed, hour, 20 * hour, { class: 'object' }),
      stand(moveBox(shed, 0.14, 0), 21 * hour, 31 * hour, { class: 'object' }),
    ],
    { seconds: 30 * hour, stepMs: 60_000, jitter: 0.03 },
  );
  expect(listOf(foldBatches(batches, scene), 'raised')).toEqual([]);
});

test('clutter of the evening is not counted on through a night in which nothing is seen', () => {
  const night = [
    stand(shed, 0, hour, { class: 'goods' }),
    stand(shed, 10 * hour, 10.4 * hour, { class: 'goods' }),
  ];
  const clutter = createOffenceScene({ offence: 'clutter', legal: '2h', onset: '5m' });
  const batches = filmStreet(night, { seconds: 11 * hour, stepMs: 60_000, jitter: 0.03 });
  expect(listOf(foldBatches(batches, clutter), 'raised')).toEqual([]);
});
