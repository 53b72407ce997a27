import { describe, expect, test } from 'vitest';
import type { Box, Ground, Point, Polygon, Rule } from '../domain/mod.ts';
import { resolveScene } from '../domain/mod.ts';
import type { Family } from './family.ts';
import { isInZone, isStillInZone, toZoneArea, type ZoneArea } from './zone.ts';

function createArea(polygon: Polygon, exempt: readonly Polygon[] = [], points?: Ground['points']): ZoneArea {
  const { scene, issues } = resolveScene(
    {
      zones: { kerb: exempt.length > 0 ? { polygon, exempt } : polygon },
      rules: [{ offence: 'sidewalk_parking', zone: 'kerb' }],
      ...(points && { ground: points }),
    },
    'v',
  );
  if (scene === null) throw new Error(JSON.stringify(issues));
  return toZoneArea(scene.rules[0] as Rule, scene.ground ?? null);
}

/** Seen straight from above: 40 m by 40 m, 1 m is 0.025. */
const above: Ground['points'] = (
  [
    [0, 0],
    [40, 0],
    [40, 40],
    [0, 40],
  ] as Point[]
).map(([x, y]) => ({ at: [x / 40, y / 40], metres: [x, y] }));

function toBox(x1: number, y1: number, x2: number, y2: number): Box {
  return [x1 / 40, y1 / 40, x2 / 40, y2 / 40];
}

function toPolygon(...corners: Point[]): Polygon {
  return corners.map(([x, y]) => [x / 40, y / 40]);
}

const pavement = toPolygon([10, 10], [30, 10], [30, 20], [10, 20]);

describe('without a known ground the middle of the bottom edge decides', () => {
  const area = createArea(pavement);
  test.each<[string, Box, boolean, boolean]>([
    ['inside', toBox(15, 10, 20, 15), true, true],
    ['outside', toBox(15, 25, 20, 30), false, false],
    ['its top in the zone, its foot below', toBox(15, 12, 20, 24), false, false],
    ['its middle outside, its foot inside', toBox(15, 0, 20, 11), true, true],
    ['a wide car beside the zone, whose box reaches into it', toBox(20, 10, 48, 19), false, false],
    ['just out at the side', toBox(28, 12, 32.4, 16), false, true],
    ['further out', toBox(28, 12, 33.4, 16), false, false],
    ['just out below', toBox(15, 15, 20, 20.4), false, true],
  ])('%s', (_name, box, isIn, isStill) => {
    expect([isInZone(box, 'vehicle', area), isStillInZone(box, 'vehicle', area)]).toEqual([isIn, isStill]);
  });

  test('a square of 100 to 200 and a box from 150 to 300: beside it', () => {
    const square: Polygon = [
      [0.25, 0.25],
      [0.5, 0.25],
      [0.5, 0.5],
      [0.25, 0.5],
    ];
    const wide: Box = [0.375, 0.375, 0.75, 0.475];
    expect(isInZone(wide, 'vehicle', createArea(square))).toBe(false);
    expect(isStillInZone(wide, 'vehicle', createArea(square))).toBe(false);
    expect(isInZone(wide, 'vehicle', createArea(square, [], above))).toBe(false);
    expect(isStillInZone(wide, 'vehicle', createArea(square, [], above))).toBe(false);
  });

  test('an exempt area takes out what stands in it, until it is clearly out', () => {
    const bay = createArea(pavement, [toPolygon([10, 10], [20, 10], [20, 20], [10, 20])]);
    expect(isInZone(toBox(12, 12, 18, 18), 'vehicle', bay)).toBe(false);
    expect(isStillInZone(toBox(12, 12, 18, 18), 'vehicle', bay)).toBe(false);
    expect(isInZone(toBox(22, 12, 28, 18), 'vehicle', bay)).toBe(true);
    expect(isInZone(toBox(16.8, 12, 22.8, 18), 'vehicle', bay)).toBe(false);
    expect(isStillInZone(toBox(16.8, 12, 22.8, 18), 'vehicle', bay)).toBe(true);
  });
});

/** Boxes of 3 m in height; a car that is seen 4.5 m wide is 1.8 m deep. */
describe('with a known ground the share of the footprint decides', () => {
  const area = createArea(pavement, [], above);
  const car = (x: number, foot: number): Box => toBox(x, foot - 3, x + 4.5, foot);
  test.each<[string, Box, Family, boolean, boolean]>([
    ['wholly in', car(15, 15), 'vehicle', true, true],
    ['its box in the zone, its foot on the road', car(15, 22), 'vehicle', false, false],
    ['its foot on the road, 40 % of its depth on the pavement', car(15, 21.08), 'vehicle', false, true],
    ['half in from the road', car(15, 20.89), 'vehicle', true, true],
    ['a third in from the road', car(15, 21.2), 'vehicle', false, false],
    ['half out at the side', car(27.74, 15), 'vehicle', true, true],
    ['60 % out at the side', car(28.2, 15), 'vehicle', false, true],
    ['70 % out at the side', car(28.65, 15), 'vehicle', false, false],
    ['seen from its end, half in: it is 4.5 m deep', toBox(15, 18, 16.8, 22.2), 'vehicle', true, true],
    ['the same width as a thing: all on the road', toBox(15, 18, 16.8, 22.2), 'thing', false, false],
    ['a bus along the edge, half in', toBox(12, 15, 24, 21.2), 'vehicle', true, true],
    ['a bicycle across the edge', toBox(15, 18, 15.6, 20.8), 'cycle', true, true],
    ['a bicycle along the edge', toBox(15, 18, 16.8, 20.4), 'cycle', false, false],
    ['a person on the edge', toBox(15, 18, 15.5, 20.19), 'person', true, true],
    ['a bin beside it', toBox(15, 18, 15.5, 20.5), 'bin', false, false],
    ['a thing of no width', toBox(15, 14, 15, 15), 'thing', false, false],
  ])('%s', (_name, box, family, isIn, isStill) => {
    expect([isInZone(box, family, area), isStillInZone(box, family, area)]).toEqual([isIn, isStill]);
  });

  test('a notch in the zone is outside', () => {
    const notched = createArea(
      toPolygon([10, 10], [30, 10], [30, 20], [25, 20], [25, 12], [15, 12], [15, 20], [10, 20]),
      [],
      above,
    );
    expect(isStillInZone(car(18, 17), 'vehicle', notched)).toBe(false);
    expect(isInZone(car(11, 17), 'vehicle', notched)).toBe(true);
  });

  test.each<[string, Polygon, Box, boolean, boolean]>([
    ['mainly in the bay', toPolygon([10, 10], [20, 10], [20, 20], [10, 20]), car(17, 15), false, false],
    ['mainly beside it', toPolygon([10, 10], [20, 10], [20, 20], [10, 20]), car(18.5, 15), true, true],
    ['leaving it for the bay', toPolygon([10, 10], [20, 10], [20, 20], [10, 20]), car(17.4, 15), false, true],
    [
      'in a bay that reaches out of the zone',
      toPolygon([10, 18], [30, 18], [30, 24], [10, 24]),
      car(15, 20.5),
      false,
      false,
    ],
    ['beyond that bay', toPolygon([10, 18], [30, 18], [30, 24], [10, 24]), car(15, 17), true, true],
    ['in a bay of another shape', toPolygon([14, 12], [26, 12], [20, 20]), car(17.75, 15), false, false],
  ])('exempt: %s', (_name, bay, box, isIn, isStill) => {
    const excepted = createArea(pavement, [bay], above);
    expect([isInZone(box, 'vehicle', excepted), isStillInZone(box, 'vehicle', excepted)]).toEqual([
      isIn,
      isStill,
    ]);
  });
});
