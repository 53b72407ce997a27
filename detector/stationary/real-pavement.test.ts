import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, type Detection, type Polygon, toIou } from '../../domain/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import { findFixture, projectRoot } from '../../test/support/fixtures.ts';
import { createStationaryDetector, loadModel, openDetector } from '../mod.ts';
import { putThing, type Thing, toCanvas, toPixels } from '../test-support/disturb.ts';
import { readStreetClip, type StreetClip } from '../test-support/street-clip.ts';

const file = findFixture('footage/kerb-van.mp4');
const [pixelWidth, pixelHeight] = [416, 234];
const onsetMs = 60_000;
const putAtMs = 150_000;
const stepMs = 2000;

/** The clip as it is: a picture each two seconds. Vehicles come and go, and sunlight comes and goes on the right side. */
const zones: readonly { name: string; polygon: Polygon }[] = [
  {
    name: 'the pavement before the shops',
    polygon: [
      [0, 0.8],
      [0.27, 0.58],
      [0.45, 0.41],
      [0.52, 0.37],
      [0.56, 0.39],
      [0.45, 0.5],
      [0.2, 0.73],
      [0.06, 0.93],
      [0, 0.9],
    ],
  },
  {
    name: 'the pavement beside the parked cars, in and out of sunlight',
    polygon: [
      [0.86, 0.4],
      [0.91, 0.4],
      [0.99, 0.85],
      [1, 1],
      [0.93, 1],
      [0.88, 0.7],
    ],
  },
  {
    name: 'the kerb at which a van stands for five minutes',
    polygon: [
      [0.74, 0.47],
      [0.88, 0.47],
      [0.9, 0.95],
      [0.66, 0.95],
    ],
  },
];

const things: readonly { name: string; zone: number; thing: Thing }[] = [
  { name: 'a carton', zone: 0, thing: toThing('box', [0.22, 0.6, 0.27, 0.68], 0.5) },
  { name: 'a dark bag', zone: 1, thing: toThing('bag', [0.92, 0.72, 0.97, 0.82], 0.45) },
];

function toThing(kind: Thing['kind'], box: Box, tone: number): Thing {
  return { kind, box, seed: 3, tone };
}

describe.skipIf(file === null)('on a real street, with what the bundled weights see', () => {
  let clip: StreetClip;
  let seen: (readonly Detection[])[] = [];

  beforeAll(async () => {
    clip = await readStreetClip(file ?? '', {
      pixelWidth,
      pixelHeight,
      perSecond: 1000 / stepMs,
      maxPictures: 244,
    });
    const model = await loadModel(`${projectRoot}/models/street-nano.json`);
    const detector = await openDetector({ model, workers: 1, logger: createLogger('warn') });
    try {
      for (const pixels of clip.pictures)
        seen.push(await detector.detect({ pixels, pixelWidth, pixelHeight }, { camera: 'street' }));
    } finally {
      await detector.close();
    }
  }, 600_000);
  afterAll(() => {
    seen = [];
  });

  function watch(polygon: Polygon, thing: Thing | null): { atMs: number; box: Box }[] {
    const detector = createStationaryDetector({ zones: [{ name: 'ground', polygon, onsetMs }] });
    return clip.pictures.flatMap((picture, i) => {
      const atMs = i * stepMs;
      const canvas = toCanvas(picture, pixelWidth, pixelHeight);
      if (thing !== null && atMs >= putAtMs) putThing(canvas, thing);
      const pixels = toPixels(canvas);
      const told = detector.observe({ pixels, pixelWidth, pixelHeight }, atMs, seen[i] ?? []);
      return told.map(({ box }) => ({ atMs, box }));
    });
  }

  test.each(zones)(
    'nothing is told on $name',
    ({ polygon }) => {
      expect(watch(polygon, null)).toEqual([]);
    },
    120_000,
  );

  test.each(things)(
    '$name that is left is told within the onset, and nothing else',
    ({ zone, thing }) => {
      const told = watch(zones[zone]?.polygon ?? [], thing);
      const first = told[0]?.atMs ?? Number.NaN;
      expect(first).toBeGreaterThan(putAtMs);
      expect(first).toBeLessThanOrEqual(putAtMs + onsetMs);
      for (const { box } of told) expect(toIou(box, thing.box)).toBeGreaterThanOrEqual(0.3);
    },
    120_000,
  );
});
