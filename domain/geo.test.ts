import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInRing, type Ring, toDistanceM } from './geo.ts';

describe('toDistanceM', () => {
  test.each([
    [{ lon: 120.6, lat: 27.8 }, { lon: 120.6, lat: 27.8 }, 0],
    // One minute of latitude is a nautical mile, 1853 m on the mean sphere.
    [{ lon: 120.6, lat: 27.8 }, { lon: 120.6, lat: 27.8 + 1 / 60 }, 1853.2],
    [{ lon: 120.6, lat: 27.8 }, { lon: 120.601, lat: 27.8 }, 98.4],
    [{ lon: 179.9995, lat: 0 }, { lon: -179.9995, lat: 0 }, 111.2],
  ])('from %j to %j: %d m', (a, b, expected) => {
    expect(toDistanceM(a, b)).toBeCloseTo(expected, 0);
    expect(toDistanceM(b, a)).toBeCloseTo(expected, 0);
  });
});

describe('isInRing', () => {
  const square: Ring = [
    [120, 27],
    [121, 27],
    [121, 28],
    [120, 28],
    [120, 27],
  ];
  const bend: Ring = [
    [0, 0],
    [3, 0],
    [3, 3],
    [2, 3],
    [2, 1],
    [0, 1],
  ];
  test.each<[string, { lon: number; lat: number }, Ring, boolean]>([
    ['inside', { lon: 120.5, lat: 27.5 }, square, true],
    ['east of it', { lon: 121.5, lat: 27.5 }, square, false],
    ['north of it', { lon: 120.5, lat: 28.5 }, square, false],
    ['on the western edge', { lon: 120, lat: 27.5 }, square, true],
    ['on the eastern edge', { lon: 121, lat: 27.5 }, square, false],
    ['on the southern edge', { lon: 120.5, lat: 27 }, square, true],
    ['on the northern edge', { lon: 120.5, lat: 28 }, square, false],
    ['in the notch of a bend', { lon: 1, lat: 2 }, bend, false],
    ['in its arm', { lon: 2.5, lat: 2 }, bend, true],
  ])('%s', (_what, point, ring, expected) => {
    expect(isInRing(point, ring)).toBe(expected);
    expect(isInRing(point, ring.toReversed())).toBe(expected);
  });

  test('a point lies in exactly one cell of a net of grids, on their edges too', () => {
    const cells = [0, 1, 2, 3].flatMap((x) =>
      [0, 1, 2].map(
        (y): Ring => [
          [x, y],
          [x + 1, y],
          [x + 1, y + 1],
          [x, y + 1],
        ],
      ),
    );
    const across = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: 0, max: 3.99, noNaN: true }));
    const up = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.double({ min: 0, max: 2.99, noNaN: true }));
    fc.assert(
      fc.property(across, up, (lon, lat) => {
        expect(cells.filter((ring) => isInRing({ lon, lat }, ring))).toHaveLength(1);
      }),
    );
  });
});
