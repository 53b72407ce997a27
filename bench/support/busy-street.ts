import type { Box, Detection, DetectionBatch, ObjectClass } from '../../domain/mod.ts';
import { createRandom } from '../../rules/test-support/random.ts';

/** Things in the picture at a time, of which the drop-outs leave eight boxes on average. */
const present = 9;
const dropOut = 0.11;
/** Largest error of a box edge, in parts of the box's side. */
const jitter = 0.02;
const parkingPlaces = 5;
/** A car parks 5 to 90 minutes, then its place stays empty for 1 to 20 minutes. */
const parkedMinutes = [5, 90] as const;
const emptyMinutes = [1, 20] as const;
/** It drives in from the lane and out into it. */
const driveMs = 4000;

interface Parked {
  readonly box: Box;
  readonly class: ObjectClass;
  readonly score: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

interface Passing {
  readonly class: ObjectClass;
  readonly score: number;
  readonly width: number;
  readonly height: number;
  readonly bottom: number;
  /** Picture widths per second, negative to the left. */
  readonly speed: number;
  readonly startMs: number;
}

/** What a detector would report of a street with parked cars and passing traffic, sample by sample: the same seed gives the same log. */
export function createBusyStreet(options: {
  readonly camera: string;
  readonly seed: number;
  readonly startMs: number;
  readonly stepMs: number;
}): { next(): DetectionBatch } {
  const random = createRandom(options.seed);
  const between = (low: number, high: number): number => low + (high - low) * random();
  const places = Array.from({ length: parkingPlaces }, (_, i) => [0.08 + 0.17 * i, 0.52] as const);
  let parked: (Parked | null)[] = places.map(() => null);
  const emptyUntilMs = places.map(() => options.startMs + between(-20, 5) * 60_000);
  let passing: Passing[] = [];
  let atMs = options.startMs;

  const park = (place: readonly [number, number]): Parked => {
    const width = between(0.11, 0.13);
    const left = place[0] + between(-0.01, 0.01);
    const bottom = place[1] + between(-0.01, 0.01);
    const isTruck = random() < 0.2;
    return {
      box: [left, bottom - (isTruck ? 0.2 : 0.14), left + width, bottom],
      class: isTruck ? 'truck' : 'car',
      score: between(0.5, 0.9),
      fromMs: atMs + driveMs,
      untilMs: atMs + between(...parkedMinutes) * 60_000,
    };
  };
  const drivePast = (): Passing => {
    const isPerson = random() < 0.3;
    const speed = (isPerson ? between(0.01, 0.03) : between(0.08, 0.35)) * (random() < 0.5 ? -1 : 1);
    return {
      class: isPerson ? 'person' : random() < 0.1 ? 'bus' : 'car',
      score: between(0.4, 0.9),
      width: isPerson ? 0.03 : between(0.12, 0.2),
      height: isPerson ? 0.12 : between(0.14, 0.2),
      bottom: isPerson ? between(0.5, 0.6) : between(0.65, 0.9),
      speed,
      startMs: atMs,
    };
  };
  const toDetection = (box: Box, objectClass: ObjectClass, score: number): Detection => {
    const errorX = jitter * (box[2] - box[0]);
    const errorY = jitter * (box[3] - box[1]);
    const edge = (value: number, error: number): number =>
      Math.round(Math.min(1, Math.max(0, value + between(-error, error))) * 1e4) / 1e4;
    return {
      class: objectClass,
      score: Math.round((score + between(-0.05, 0.05)) * 1e3) / 1e3,
      box: [edge(box[0], errorX), edge(box[1], errorY), edge(box[2], errorX), edge(box[3], errorY)],
    };
  };
  const toParkedBox = ({ box, fromMs, untilMs }: Parked): Box => {
    const way = Math.max(0, fromMs - atMs, atMs - (untilMs - driveMs)) / driveMs;
    const [x, y] = [atMs < fromMs ? -0.15 * way : 0.15 * way, 0.25 * way];
    return [box[0] + x, box[1] + y, box[2] + x, box[3] + y];
  };
  const toPassingBox = ({ width, height, bottom, speed, startMs }: Passing): Box | null => {
    const way = (Math.abs(speed) * (atMs - startMs)) / 1000 + 0.02;
    const left = speed > 0 ? way - width : 1 - way;
    return left > 0.98 || left + width < 0.02
      ? null
      : [Math.max(0, left), bottom - height, Math.min(1, left + width), bottom];
  };

  return {
    next() {
      parked = parked.map((car, i) => {
        const place = places[i];
        if (place === undefined) return null;
        if (car !== null && car.untilMs <= atMs) {
          emptyUntilMs[i] = atMs + between(...emptyMinutes) * 60_000;
          return null;
        }
        return car ?? ((emptyUntilMs[i] ?? 0) <= atMs ? park(place) : null);
      });
      passing = passing.filter((one) => toPassingBox(one) !== null);
      while (parked.filter((car) => car !== null).length + passing.length < present)
        passing.push(drivePast());
      const detections: Detection[] = [];
      for (const car of parked)
        if (car !== null && random() >= dropOut)
          detections.push(toDetection(toParkedBox(car), car.class, car.score));
      for (const one of passing) {
        const box = toPassingBox(one);
        if (box !== null && random() >= dropOut) detections.push(toDetection(box, one.class, one.score));
      }
      const batch: DetectionBatch = {
        v: 1,
        camera: options.camera,
        ptsMs: atMs - options.startMs,
        capturedAtMs: atMs,
        clockErrorMs: 100,
        width: 1920,
        height: 1080,
        model: { name: 'busy-street', sha256: '0'.repeat(64) },
        detections,
      };
      atMs += options.stepMs;
      return batch;
    },
  };
}

/** Parking and vending on the pavement, in the words of a scene file. */
export const busyStreetScene = {
  zones: {
    pavement: [
      [0, 0.4],
      [1, 0.4],
      [1, 0.6],
      [0, 0.6],
    ],
    lane: [
      [0, 0.62],
      [1, 0.62],
      [1, 1],
      [0, 1],
    ],
  },
  rules: [
    { offence: 'sidewalk_parking', zone: 'pavement' },
    { offence: 'street_vending', zone: 'pavement' },
    { id: 'stopped-in-lane', offence: 'sidewalk_parking', zone: 'lane', onset: '10s', legal: '60s' },
  ],
};
