import { describe, expect, test } from 'vitest';
import { type Box, type Detection, toIou } from '../../domain/mod.ts';
import { type Canvas, putThing, type Thing, toCanvas, toPixels, toRandom } from '../test-support/disturb.ts';
import { readStreetClip, type StreetClip } from '../test-support/street-clip.ts';
import {
  type Disturbance,
  disturbances,
  type StreetScene,
  streetScenes,
} from '../test-support/street-scenes.ts';
import { createStationaryDetector } from './stationary-detector.ts';

const pixelWidth = 416;
const pixelHeight = 234;
const onsetMs = 60_000;
const stepMs = 2000;
const putAtMs = 60_000;
const lengthMs = 180_000;
const startMs = Date.UTC(2026, 0, 1);

const clips = new Map<string, Promise<StreetClip>>();

function readScene(scene: StreetScene): Promise<StreetClip> {
  const { file, perSecond, maxPictures } = scene;
  const known = clips.get(file) ?? readStreetClip(file, { pixelWidth, pixelHeight, perSecond, maxPictures });
  clips.set(file, known);
  return known;
}

interface Play {
  readonly scene: StreetScene;
  readonly disturbance?: Disturbance;
  /** What stands in the picture at that time of the play. */
  readonly thingAt?: (atMs: number) => Thing | null;
  readonly explainedAt?: (atMs: number) => Detection[];
  readonly lengthMs?: number;
  readonly isShown?: (atMs: number) => boolean;
  readonly seed?: number;
}

interface Seen {
  readonly atMs: number;
  readonly detections: readonly Detection[];
}

/** Plays a clip to and fro for some minutes, a picture each two seconds, and returns what was reported when. */
async function play(options: Play): Promise<{ seen: Seen[]; relearned: string[] }> {
  const { scene, disturbance = () => {}, thingAt = () => null, isShown = () => true, seed = 7 } = options;
  const { pictures } = await readScene(scene);
  const random = toRandom(seed);
  const relearned: string[] = [];
  const detector = createStationaryDetector({
    zones: [{ name: 'ground', polygon: scene.zone, onsetMs }],
    onRelearn: (reason) => relearned.push(reason),
  });
  const seen: Seen[] = [];
  for (let atMs = 0, i = 0; atMs < (options.lengthMs ?? lengthMs); atMs += stepMs, i++) {
    if (!isShown(atMs)) continue;
    const period = Math.max(1, 2 * pictures.length - 2);
    const turn = i % period;
    const source = pictures[turn < pictures.length ? turn : period - turn] as Uint8Array;
    const canvas: Canvas = toCanvas(source, pixelWidth, pixelHeight);
    const thing = thingAt(atMs);
    if (thing !== null) putThing(canvas, thing);
    disturbance(canvas, atMs / 1000, random);
    const picture = { pixels: toPixels(canvas), pixelWidth, pixelHeight };
    const explained = options.explainedAt?.(atMs) ?? [];
    seen.push({ atMs, detections: detector.observe(picture, startMs + atMs, explained) });
  }
  return { seen, relearned };
}

const toCarton = (box: Box): Thing => ({ kind: 'box', box, seed: 5, tone: 0.5 });
const listReported = (seen: readonly Seen[]): Detection[] => seen.flatMap(({ detections }) => detections);

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
  const { seen } = await play({ scene: street, disturbance });
  expect(listReported(seen)).toEqual([]);
});

test.each(cases.filter(([name]) => !missed.has(name)))(
  '%s: a carton that is left is reported within the onset, where it is, and nothing else',
  async (_name, street, disturbance) => {
    const { seen } = await play({
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
    const { seen } = await play({
      scene,
      thingAt: (atMs) => (atMs >= putAtMs && atMs < putAtMs + 10_000 ? toCarton(scene.box) : null),
    });
    expect(listReported(seen)).toEqual([]);
  });

  test('a thing that was there from the start and is taken away leaves no ghost', async () => {
    const { seen } = await play({
      scene,
      thingAt: (atMs) => (atMs < putAtMs ? toCarton(scene.box) : null),
    });
    expect(listReported(seen)).toEqual([]);
  });

  test('a thing that is taken away is no longer reported after the settling time', async () => {
    const goneAtMs = 140_000;
    const { seen } = await play({
      scene,
      lengthMs: 260_000,
      thingAt: (atMs) => (atMs >= putAtMs && atMs < goneAtMs ? toCarton(scene.box) : null),
    });
    const last = seen.findLast(({ detections }) => detections.length > 0);
    expect(last?.atMs ?? 0).toBeGreaterThan(goneAtMs - 10_000);
    expect(last?.atMs).toBeLessThanOrEqual(goneAtMs + 30_000);
  });

  test('a thing that a model names is not told twice', async () => {
    const { seen } = await play({
      scene,
      thingAt: (atMs) => (atMs < putAtMs ? null : toCarton(scene.box)),
      explainedAt: (atMs) => (atMs < putAtMs ? [] : [{ class: 'car', score: 0.8, box: scene.box }]),
    });
    expect(listReported(seen)).toEqual([]);
  });

  test('a thing that stays for ten minutes does not become part of the ground', async () => {
    const { seen } = await play({
      scene,
      lengthMs: 660_000,
      thingAt: (atMs) => (atMs < putAtMs ? null : toCarton(scene.box)),
    });
    expect(seen.at(-1)?.detections).toHaveLength(1);
  });

  test('a gap of two minutes without pictures changes nothing', async () => {
    const { seen } = await play({
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
    reported.push(...detector.observe({ pixels, pixelWidth, pixelHeight }, startMs + i * stepMs, []));
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
