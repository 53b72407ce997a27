import { expect, test } from 'vitest';
import {
  type Box,
  type DetectionBatch,
  type Ground,
  type Point,
  type Polygon,
  resolveScene,
  type Scene,
} from '../domain/mod.ts';
import { type Pinhole, streetCamera, toGroundEntries, toPicture } from '../domain/test-support/pinhole.ts';
import { toSharedArea } from './clip.ts';
import { toGroundArea, toGroundShare } from './ground-area.ts';
import { foldBatches, listOf } from './test-support/fold.ts';
import { createRandom } from './test-support/random.ts';

/** A pavement along the street, 3 m wide, in metres. */
const pavement: Polygon = [
  [2, 12],
  [5, 12],
  [5, 32],
  [2, 32],
];
/** One that crosses the view. */
const forecourt: Polygon = [
  [-6, 20],
  [6, 20],
  [6, 26],
  [-6, 26],
];

interface Vehicle {
  readonly centre: Point;
  readonly lengthM: number;
  readonly breadthM: number;
  readonly heightM: number;
  /** Between its length and the street's direction. */
  readonly turnDeg: number;
}

function toRectangle({ centre: [x, y], lengthM, breadthM, turnDeg }: Vehicle): Point[] {
  const turn = (turnDeg * Math.PI) / 180;
  const [along, across] = [
    [Math.sin(turn) * (lengthM / 2), Math.cos(turn) * (lengthM / 2)],
    [Math.cos(turn) * (breadthM / 2), -Math.sin(turn) * (breadthM / 2)],
  ] as [Point, Point];
  return (
    [
      [1, 1],
      [1, -1],
      [-1, -1],
      [-1, 1],
    ] as const
  ).map(([a, b]): Point => [x + a * along[0] + b * across[0], y + a * along[1] + b * across[1]]);
}

/** The box that a perfect detector draws. */
function toBox(vehicle: Vehicle, camera: Pinhole): Box {
  const corners = toRectangle(vehicle).flatMap((corner) => [
    toPicture(camera, corner) as Point,
    toPicture(camera, corner, vehicle.heightM) as Point,
  ]);
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function toGround(camera: Pinhole): Ground {
  const points = toGroundEntries(camera, [
    [-4, 14],
    [4, 14],
    [4, 34],
    [-4, 34],
    [0, 22],
  ]);
  const { scene, issues } = resolveScene(
    {
      zones: { kerb: points.slice(0, 4).map(({ at }) => at) },
      rules: [{ offence: 'sidewalk_parking', zone: 'kerb' }],
      ground: points,
    },
    'v',
  );
  if (!scene?.ground) throw new Error(JSON.stringify(issues));
  return scene.ground;
}

/** As vehicles stand at a kerb, with a little play. */
function alongOrAcross(random: number): number {
  return random < 0.7 ? 10 * (random / 0.7 - 0.5) : 90 + 10 * ((random - 0.7) / 0.3 - 0.5);
}

const lowCamera: Pinhole = { ...streetCamera, heightM: 4.5, tiltDeg: 16 };
const highCamera: Pinhole = { ...streetCamera, heightM: 9, tiltDeg: 28 };

test.each<[string, Polygon, Pinhole, (random: number) => number, number]>([
  ['a pavement along the view', pavement, streetCamera, alongOrAcross, 0.05],
  ['from low', pavement, lowCamera, alongOrAcross, 0.05],
  ['from high', pavement, highCamera, alongOrAcross, 0.05],
  ['a forecourt across it', forecourt, streetCamera, alongOrAcross, 0.05],
  ['vehicles at any angle', pavement, streetCamera, (random) => 180 * random, 0.1],
])(
  'what the box tells of the share in the zone is near the truth: %s',
  (_name, metres, camera, toTurn, maxMeanError) => {
    const random = createRandom(11);
    const ground = toGround(camera);
    const area = toGroundArea(
      metres.map((corner) => toPicture(camera, corner) as Point),
      [],
      ground.toMetres,
    );
    let errors = 0;
    let undecided = 0;
    let wrong = 0;
    const count = 400;
    for (let i = 0; i < count; i++) {
      const vehicle: Vehicle = {
        centre: [-3 + 10 * random(), 15 + 14 * random()],
        lengthM: 4.2 + 0.8 * random(),
        breadthM: 1.7 + 0.2 * random(),
        heightM: 1.5,
        turnDeg: toTurn(random()),
      };
      const truth = toSharedArea(metres, toRectangle(vehicle)) / (vehicle.lengthM * vehicle.breadthM);
      const share = toGroundShare(toBox(vehicle, camera), 'vehicle', area);
      errors += Math.abs(share - truth);
      if (Math.abs(truth - 0.5) < 0.25) undecided++;
      else if (share >= 0.5 !== truth >= 0.5) wrong++;
    }
    expect(undecided).toBeLessThan(count / 2);
    expect(errors / count).toBeLessThan(maxMeanError);
    expect(wrong / count).toBeLessThan(0.01);
  },
);

/** Parked for 40 s beside the pavement's edge at X 2: what of it stands on the pavement. */
test.each([
  [0.65, 1],
  [0.35, 0],
])('a vehicle with %d of it in the zone raises %d candidates', (share, raised) => {
  const { scene } = resolveScene(
    {
      zones: { kerb: pavement.map((corner) => toPicture(streetCamera, corner)) },
      rules: [{ offence: 'sidewalk_parking', zone: 'kerb', onset: '5s', legal: '30s' }],
      ground: toGround(streetCamera).points,
    },
    'v',
  );
  const vehicle = {
    centre: [2 + 1.8 * (share - 0.5), 20] as const,
    lengthM: 4.5,
    breadthM: 1.8,
    heightM: 1.5,
    turnDeg: 0,
  };
  const box = toBox(vehicle, streetCamera);
  const batches = Array.from({ length: 41 }, (_, second) => toBatch(box, second));
  expect(listOf(foldBatches(batches, scene as Scene), 'raised')).toHaveLength(raised);
});

function toBatch(box: Box, second: number): DetectionBatch {
  return {
    v: 1,
    camera: 'cam',
    ptsMs: second * 1000,
    capturedAtMs: Date.UTC(2026, 4, 1) + second * 1000,
    clockErrorMs: 100,
    width: 1920,
    height: 1080,
    model: null,
    detections: [{ class: 'car', score: 0.9, box }],
  };
}
