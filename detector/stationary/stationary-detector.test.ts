import { describe, expect, test } from 'vitest';
import { type Detection, toIou } from '../../domain/mod.ts';
import {
  listReported,
  onsetMs,
  pixelHeight,
  pixelWidth,
  playStreet,
  putAtMs,
  readScene,
  startMs,
  toCarton,
} from '../test-support/street-play.ts';
import { disturbances, type StreetScene, streetScenes } from '../test-support/street-scenes.ts';
import { createStationaryDetector } from './stationary-detector.ts';

/** Where a carton is not found yet, or not where it is; docs/tuning.md says so. */
const missed = new Set([
  'a car park in headlights at night',
  'a car park in a shadow that comes and stays',
  'a kerb in a shadow that comes and stays',
]);
/** The shadow beside a thing belongs to its box in part. */
const fewestIou = 0.4;

const cases = streetScenes.flatMap((street) =>
  Object.entries(disturbances).map(
    ([name, disturbance]) => [`${street.name} in ${name}`, street, disturbance] as const,
  ),
);

test.each(cases)('%s: nothing is reported where nothing was left', async (_name, street, disturbance) => {
  const { seen } = await playStreet({ scene: street, disturbance });
  expect(listReported(seen)).toEqual([]);
});

test.each(cases.filter(([name]) => !missed.has(name)))(
  '%s: a carton that is left is reported within the onset, where it is, and nothing else',
  async (_name, street, disturbance) => {
    const { seen } = await playStreet({
      scene: street,
      disturbance,
      thingAt: (atMs) => (atMs < putAtMs ? null : toCarton(street.box)),
    });
    const firstAtMs = seen.find(({ detections }) => detections.length > 0)?.atMs ?? Number.NaN;
    expect(firstAtMs).toBeGreaterThan(putAtMs);
    expect(firstAtMs).toBeLessThanOrEqual(putAtMs + onsetMs);
    for (const { class: given, box } of listReported(seen)) {
      expect(given).toBe('object');
      expect(toIou(box, street.box)).toBeGreaterThanOrEqual(fewestIou);
    }
    const after = seen.filter(({ atMs }) => atMs >= firstAtMs);
    const told = after.filter(({ detections }) => detections.length > 0);
    expect(told.length / after.length).toBeGreaterThan(0.8);
  },
);

const [scene] = streetScenes as [StreetScene];

describe('what stays and what does not', () => {
  test('a thing that stands for ten seconds is nothing that was left', async () => {
    const { seen } = await playStreet({
      scene,
      thingAt: (atMs) => (atMs >= putAtMs && atMs < putAtMs + 10_000 ? toCarton(scene.box) : null),
    });
    expect(listReported(seen)).toEqual([]);
  });

  test('a thing that was there from the start and is taken away leaves no ghost', async () => {
    const { seen } = await playStreet({
      scene,
      thingAt: (atMs) => (atMs < putAtMs ? toCarton(scene.box) : null),
    });
    expect(listReported(seen)).toEqual([]);
  });

  test('a thing that is taken away is no longer reported after the settling time', async () => {
    const goneAtMs = 140_000;
    const { seen } = await playStreet({
      scene,
      lengthMs: 260_000,
      thingAt: (atMs) => (atMs >= putAtMs && atMs < goneAtMs ? toCarton(scene.box) : null),
    });
    const last = seen.findLast(({ detections }) => detections.length > 0);
    expect(last?.atMs ?? 0).toBeGreaterThan(goneAtMs - 10_000);
    expect(last?.atMs).toBeLessThanOrEqual(goneAtMs + 30_000);
  });

  test('a thing that a model names is not told twice', async () => {
    const { seen } = await playStreet({
      scene,
      thingAt: (atMs) => (atMs < putAtMs ? null : toCarton(scene.box)),
      explainedAt: (atMs) => (atMs < putAtMs ? [] : [{ class: 'car', score: 0.8, box: scene.box }]),
    });
    expect(listReported(seen)).toEqual([]);
  });

  test.each([
    ['garbage_bin', 0.3, true],
    ['motorcycle', 0.45, true],
    ['garbage_bin', 0.6, false],
    ['car', 0.15, false],
    ['person', 0.15, false],
  ] as const)('a thing that a model calls %s with %d is told: %s', async (name, score, isTold) => {
    const { seen } = await playStreet({
      scene,
      thingAt: (atMs) => (atMs < putAtMs ? null : toCarton(scene.box)),
      explainedAt: (atMs) => (atMs < putAtMs ? [] : [{ class: name, score, box: scene.box }]),
    });
    expect(listReported(seen).length > 0).toBe(isTold);
  });

  test('a thing that stays for ten minutes does not become part of the ground', async () => {
    const { seen } = await playStreet({
      scene,
      lengthMs: 660_000,
      thingAt: (atMs) => (atMs < putAtMs ? null : toCarton(scene.box)),
    });
    expect(seen.at(-1)?.detections).toHaveLength(1);
  });

  test('a gap of two minutes without pictures changes nothing', async () => {
    const { seen } = await playStreet({
      scene,
      lengthMs: 300_000,
      thingAt: (atMs) => (atMs < putAtMs ? null : toCarton(scene.box)),
      isShown: (atMs) => atMs < 100_000 || atMs > 220_000,
    });
    expect(seen.at(-1)?.detections).toHaveLength(1);
    for (const { box } of listReported(seen)) expect(toIou(box, scene.box)).toBeGreaterThanOrEqual(fewestIou);
  });
});

test('another view is learned anew, said once, and gives no flood', async () => {
  const other = streetScenes[1] as StreetScene;
  const [first, second] = await Promise.all([readScene(scene), readScene(other)]);
  const relearned: string[] = [];
  const detector = createStationaryDetector({
    zones: [{ name: 'ground', polygon: scene.zone, onsetMs }],
    onRelearn: (reason) => relearned.push(reason),
  });
  const reported: Detection[] = [];
  for (let i = 0; i < 90; i++) {
    const from = i < 40 ? first.pictures : second.pictures;
    const pixels = from[i % from.length] as Uint8Array;
    reported.push(...detector.observe({ pixels, pixelWidth, pixelHeight }, startMs + i * 2000, []));
  }
  expect(reported).toEqual([]);
  expect(relearned).toHaveLength(1);
});

test('pictures of another size, or older than the last, are no mistake', async () => {
  const { pictures } = await readScene(scene);
  const detector = createStationaryDetector({ zones: [{ name: 'ground', polygon: scene.zone, onsetMs }] });
  const pixels = pictures[0] as Uint8Array;
  expect(detector.observe({ pixels, pixelWidth, pixelHeight }, startMs, [])).toEqual([]);
  expect(detector.observe({ pixels, pixelWidth, pixelHeight }, startMs - 1000, [])).toEqual([]);
  const small = { pixels: new Uint8Array(64 * 36 * 3), pixelWidth: 64, pixelHeight: 36 };
  expect(detector.observe(small, startMs + 1000, [])).toEqual([]);
  const large = { pixels: new Uint8Array(1920 * 1080 * 3), pixelWidth: 1920, pixelHeight: 1080 };
  expect(detector.observe(large, startMs + 2000, [])).toEqual([]);
});
