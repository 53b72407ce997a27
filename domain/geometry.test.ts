import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Box,
  isInside,
  type Point,
  type Polygon,
  toBoxArea,
  toFootprint,
  toIou,
  toPolygonArea,
} from './geometry.ts';

const square: Polygon = [
  [0.2, 0.2],
  [0.6, 0.2],
  [0.6, 0.6],
  [0.2, 0.6],
];
/** A U that opens upwards: its notch is outside. */
const concave: Polygon = [
  [0, 0],
  [0.2, 0],
  [0.2, 0.8],
  [0.8, 0.8],
  [0.8, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

describe('a point in a polygon', () => {
  test.each<[string, Point, Polygon, boolean]>([
    ['middle', [0.4, 0.4], square, true],
    ['left of it', [0.1, 0.4], square, false],
    ['below it', [0.4, 0.7], square, false],
    ['on an edge', [0.2, 0.4], square, true],
    ['on the far edge', [0.6, 0.4], square, true],
    ['on a corner', [0.6, 0.6], square, true],
    ['level with a corner, outside', [0.7, 0.2], square, false],
    ['in the notch', [0.5, 0.4], concave, false],
    ['in the left leg', [0.1, 0.4], concave, true],
    ['in the base', [0.5, 0.9], concave, true],
    ['at the notch bottom', [0.5, 0.8], concave, true],
  ])('%s', (_name, point, polygon, expected) => {
    expect(isInside(point, polygon)).toBe(expected);
  });

  test('does not depend on where the polygon begins or which way it goes', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(unit, unit, fc.nat(7), fc.boolean(), (x, y, turn, reverse) => {
        const turned = [...concave.slice(turn), ...concave.slice(0, turn)];
        expect(isInside([x, y], reverse ? turned.toReversed() : turned)).toBe(isInside([x, y], concave));
      }),
    );
  });

  test("a wide car beside the zone is outside, though its box's clipped part would be inside", () => {
    const car: Box = [0.5, 0.3, 0.9, 0.5];
    expect(isInside(toFootprint(car), square)).toBe(false);
  });
});

describe('boxes', () => {
  test.each<[Box, Box, number]>([
    [[0, 0, 1, 1], [0, 0, 1, 1], 1],
    [[0, 0, 0.5, 1], [0.5, 0, 1, 1], 0],
    [[0, 0, 0.5, 0.5], [0.25, 0, 0.75, 0.5], 1 / 3],
    [[0, 0, 0, 0], [0, 0, 0, 0], 0],
  ])('IoU of %j and %j', (a, b, expected) => {
    expect(toIou(a, b)).toBeCloseTo(expected, 12);
  });

  test('IoU is symmetric and between 0 and 1', () => {
    const box = fc
      .tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      )
      .map(([a, b, c, d]): Box => [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]);
    fc.assert(
      fc.property(box, box, (a, b) => {
        expect(toIou(a, b)).toBe(toIou(b, a));
        expect(toIou(a, b)).toBeGreaterThanOrEqual(0);
        expect(toIou(a, b)).toBeLessThanOrEqual(1 + 1e-9);
        if (toBoxArea(a) > 1e-9) expect(toIou(a, a)).toBeCloseTo(1, 9);
      }),
    );
  });
});

test.each<[Polygon, number]>([
  [square, 0.16],
  [concave, 1 - 0.6 * 0.8],
  [
    [
      [0, 0],
      [0.5, 0.5],
      [1, 1],
    ],
    0,
  ],
])('area of a polygon', (polygon, expected) => {
  expect(toPolygonArea(polygon)).toBeCloseTo(expected, 12);
  expect(toPolygonArea(polygon.toReversed())).toBeCloseTo(expected, 12);
});
