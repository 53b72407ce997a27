import { expect, test } from 'vitest';
import type { Polygon } from './geometry.ts';
import { findCrossingSides } from './simple-polygon.ts';

const u: Polygon = [
  [0, 0],
  [0.2, 0],
  [0.2, 0.8],
  [0.8, 0.8],
  [0.8, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

test.each<[string, Polygon, readonly [number, number] | null]>([
  [
    'a triangle',
    [
      [0, 0],
      [1, 0],
      [0, 1],
    ],
    null,
  ],
  [
    'a square',
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ],
    null,
  ],
  [
    'a corner on a straight side',
    [
      [0, 0],
      [0.5, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ],
    null,
  ],
  ['a U', u, null],
  [
    'a bow tie',
    [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
    ],
    [0, 2],
  ],
  ['a U whose leg reaches through its base', u.map((p, i) => (i === 3 ? ([0.8, 1.1] as const) : p)), [2, 6]],
  [
    'a corner that touches a far side',
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0.5, 0],
      [0, 1],
    ],
    [0, 2],
  ],
  [
    'a spike',
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [1, 0.5],
      [0, 1],
    ],
    [1, 2],
  ],
  [
    'a corner twice',
    [
      [0, 0],
      [1, 0],
      [1, 0],
      [0, 1],
    ],
    [0, 1],
  ],
])('%s', (_name, polygon, sides) => {
  expect(findCrossingSides(polygon)).toEqual(sides);
  expect(findCrossingSides(polygon.toReversed()) === null).toBe(sides === null);
});
