import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInside, type Point, type Polygon, toPolygonArea } from '../domain/mod.ts';
import { isConvex, toSharedArea, toSignedArea, toTriangles } from './clip.ts';

const square: Polygon = [
  [0, 0],
  [2, 0],
  [2, 2],
  [0, 2],
];
/** Open towards small y. */
const u: Polygon = [
  [0, 0],
  [1, 0],
  [1, 3],
  [3, 3],
  [3, 0],
  [4, 0],
  [4, 4],
  [0, 4],
];
const cross: Polygon = [
  [1, 0],
  [2, 0],
  [2, 1],
  [3, 1],
  [3, 2],
  [2, 2],
  [2, 3],
  [1, 3],
  [1, 2],
  [0, 2],
  [0, 1],
  [1, 1],
];

test.each<[string, Polygon, Polygon, number]>([
  ['a square in itself', square, square, 4],
  [
    'a corner of it',
    square,
    [
      [1, 1],
      [3, 1],
      [3, 3],
      [1, 3],
    ],
    1,
  ],
  [
    'nothing',
    square,
    [
      [3, 0],
      [4, 0],
      [4, 1],
      [3, 1],
    ],
    0,
  ],
  [
    'an edge only',
    square,
    [
      [2, 0],
      [3, 0],
      [3, 2],
      [2, 2],
    ],
    0,
  ],
  [
    'one within it',
    square,
    [
      [0.5, 0.5],
      [1, 0.5],
      [1, 1],
      [0.5, 1],
    ],
    0.25,
  ],
  [
    'one around it',
    square,
    [
      [-9, -9],
      [9, -9],
      [9, 9],
      [-9, 9],
    ],
    4,
  ],
  [
    'both legs of a U',
    u,
    [
      [-1, 0.5],
      [5, 0.5],
      [5, 1.5],
      [-1, 1.5],
    ],
    2,
  ],
  [
    'a corner cut off',
    square,
    [
      [0, 0],
      [1, 0],
      [0, 1],
    ],
    0.5,
  ],
])('what a polygon shares with a window: %s', (_name, polygon, window, area) => {
  for (const one of [polygon, polygon.toReversed()])
    for (const other of [window, window.toReversed()]) expect(toSharedArea(one, other)).toBeCloseTo(area, 12);
});

test.each<[string, Polygon, boolean]>([
  ['a square', square, true],
  ['a U', u, false],
  ['a cross', cross, false],
  [
    'a corner on a straight side',
    [
      [0, 0],
      [1, 0],
      [2, 0],
      [2, 2],
      [0, 2],
    ],
    true,
  ],
])('%s falls into triangles', (_name, polygon, convex) => {
  for (const one of [polygon, polygon.toReversed()]) {
    expect(isConvex(one)).toBe(convex);
    const triangles = toTriangles(one);
    expect(triangles.every((triangle) => triangle.length === 3)).toBe(true);
    expect(triangles.reduce((sum, triangle) => sum + toPolygonArea(triangle), 0)).toBeCloseTo(
      toPolygonArea(one),
      12,
    );
    expect(new Set(triangles.map((triangle) => Math.sign(toSignedArea(triangle)))).size).toBe(1);
  }
});

const unit = fc.double({ min: 0, max: 4, noNaN: true });
const window = fc
  .tuple(
    unit,
    unit,
    fc.double({ min: 0.1, max: 3, noNaN: true }),
    fc.double({ min: 0, max: 6.28, noNaN: true }),
    fc.integer({ min: 3, max: 7 }),
  )
  .map(([x, y, radius, turn, corners]) =>
    Array.from(
      { length: corners },
      (_, i): Point => [
        x + radius * Math.cos(turn + (i * 2 * Math.PI) / corners),
        y + radius * Math.sin(turn + (i * 2 * Math.PI) / corners),
      ],
    ),
  );

describe('any window', () => {
  test('shares with a polygon what it shares with its triangles', () => {
    fc.assert(
      fc.property(fc.constantFrom(square, u, cross), window, (polygon, one) => {
        const shared = toSharedArea(polygon, one);
        const pieces = toTriangles(polygon).reduce((sum, triangle) => sum + toSharedArea(triangle, one), 0);
        expect(shared).toBeCloseTo(pieces, 9);
        expect(shared).toBeLessThanOrEqual(Math.min(toPolygonArea(polygon), toPolygonArea(one)) + 1e-9);
      }),
    );
  });

  test('shares what a count of points says', () => {
    fc.assert(
      fc.property(fc.constantFrom(square, u, cross), window, (polygon, one) => {
        const step = 0.05;
        let count = 0;
        for (let x = step / 2; x < 4; x += step)
          for (let y = step / 2; y < 4; y += step)
            if (isInside([x, y], polygon) && isInside([x, y], one)) count++;
        expect(Math.abs(toSharedArea(polygon, one) - count * step * step)).toBeLessThan(0.35);
      }),
      { numRuns: 40 },
    );
  });
});
