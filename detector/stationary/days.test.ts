import { expect, test } from 'vitest';
import { toIou } from '../../domain/mod.ts';
import { addNoise, type Canvas, relight } from '../test-support/disturb.ts';
import { listReported, playStreet, type Seen, toCarton } from '../test-support/street-play.ts';
import { type StreetScene, streetScenes } from '../test-support/street-scenes.ts';

const [scene, other] = streetScenes as [StreetScene, StreetScene];
const hourMs = 3_600_000;
const lengthMs = 31 * hourMs;
const stepMs = 240_000;
const cameMs = hourMs;

/** Part of full light: the street has no lamp, and for some hours around midnight (the twelfth) nothing is to be seen. */
const toLight = (atMs: number): number =>
  0.01 + 0.99 * (0.5 + 0.5 * Math.cos((atMs / (24 * hourMs)) * 2 * Math.PI));
const seesEdges = (atMs: number): boolean => toLight(atMs) > 0.12;

function turnDay(canvas: Canvas, s: number, random: () => number): void {
  relight(canvas, toLight(s * 1000));
  addNoise(canvas, random, 4);
}

const share = (seen: readonly Seen[], fromMs: number, toMs: number): number => {
  const asked = seen.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  return asked.filter(({ detections }) => detections.length > 0).length / asked.length;
};

test('through a day and a dark night a thing that stands is told whenever there is light, where it is and alone, until it is taken away', async () => {
  const goneMs = 30 * hourMs;
  const { seen, relearned } = await playStreet({
    scene,
    lengthMs,
    stepMs,
    disturbance: turnDay,
    thingAt: (atMs) => (atMs >= cameMs && atMs < goneMs ? toCarton(scene.box) : null),
  });
  expect(relearned).toEqual([]);
  for (const { detections } of seen) expect(detections.length).toBeLessThanOrEqual(1);
  for (const { box } of listReported(seen)) expect(toIou(box, scene.box)).toBeGreaterThanOrEqual(0.4);
  expect(share(seen, 0, cameMs)).toBe(0);
  const lit = seen.filter(({ atMs }) => seesEdges(atMs));
  expect(share(lit, cameMs + 20 * 60_000, goneMs)).toBeGreaterThan(0.98);
  expect(share(seen, goneMs + 20 * 60_000, lengthMs)).toBe(0);
}, 120_000);

test('when the rest of the scene is another, the thing is told no more', async () => {
  const turnedMs = 26 * hourMs;
  const { seen, relearned } = await playStreet({
    scene,
    sceneAt: (atMs) => (atMs < turnedMs ? scene : other),
    lengthMs: 28 * hourMs,
    stepMs,
    thingAt: (atMs) => (atMs >= cameMs ? toCarton(scene.box) : null),
  });
  expect(share(seen, turnedMs - hourMs, turnedMs)).toBe(1);
  expect(share(seen, turnedMs + 20 * 60_000, 28 * hourMs)).toBe(0);
  expect(relearned).toHaveLength(1);
}, 120_000);
