import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Point } from './geometry.ts';
import { applyHomography } from './homography.ts';
import { resolveScene } from './resolve-scene.ts';
import { type Pinhole, streetCamera, toGroundEntries, toPicture } from './test-support/pinhole.ts';

const rectangle: Point[] = [
  [-3, 12],
  [3, 12],
  [3, 30],
  [-3, 30],
];
const more: Point[] = [...rectangle, [0, 20], [-2, 16], [2.5, 24]];
const zone = [
  [0.4, 0.5],
  [0.6, 0.5],
  [0.6, 0.8],
  [0.4, 0.8],
];
const rules = [{ offence: 'sidewalk_parking', zone: 'kerb' }];

function resolve(ground: unknown, zones: object = { kerb: zone }) {
  return resolveScene({ zones, rules, ground }, 'v');
}

const camera: fc.Arbitrary<Pinhole> = fc.record({
  heightM: fc.double({ min: 4, max: 12, noNaN: true }),
  tiltDeg: fc.double({ min: 15, max: 35, noNaN: true }),
  fieldOfView: fc.double({ min: 0.9, max: 1.4, noNaN: true }),
  rollDeg: fc.double({ min: -3, max: 3, noNaN: true }),
});
const spot = fc.tuple(
  fc.double({ min: -6, max: 6, noNaN: true }),
  fc.double({ min: 14, max: 40, noNaN: true }),
);

describe('the plane', () => {
  test.each([
    ['four', rectangle],
    ['seven', more],
  ])('of any camera is found from %s points', (_name, points) => {
    fc.assert(
      fc.property(camera, spot, (lens, metres) => {
        const entries = toGroundEntries(lens, points);
        const at = toPicture(lens, metres) as Point;
        fc.pre([...entries.map((entry) => entry.at), at].flat().every((value) => value >= 0 && value <= 1));
        const { scene, issues } = resolve(entries, { kerb: entries.slice(0, 4).map((entry) => entry.at) });
        expect(issues).toEqual([]);
        const { point, divisor } = applyHomography(scene?.ground?.toMetres ?? [], at);
        expect(divisor).toBeGreaterThan(0);
        expect(Math.hypot(point[0] - metres[0], point[1] - metres[1])).toBeLessThan(1e-4);
      }),
    );
  });

  test('does not depend on the axes that were measured along', () => {
    const turned = toGroundEntries(streetCamera, more).map(({ at, metres: [x = 0, y = 0] }) => ({
      at,
      metres: [5000 + y, 300 + x], // mirrored and far from the origin
    }));
    const { scene } = resolve(turned);
    const { point } = applyHomography(
      scene?.ground?.toMetres ?? [],
      toPicture(streetCamera, [1, 18]) as Point,
    );
    expect(point[0]).toBeCloseTo(5018, 4);
    expect(point[1]).toBeCloseTo(301, 4);
  });

  test('is averaged from points that were read off a little wrongly', () => {
    const noisy = toGroundEntries(streetCamera, more).map(({ at, metres: [x = 0, y = 0] }, index) => ({
      at,
      metres: [x + (index % 2 ? 0.1 : -0.1), y + (index % 3 ? 0.1 : -0.15)],
    }));
    const { scene, issues } = resolve(noisy);
    expect(issues).toEqual([]);
    const { point } = applyHomography(
      scene?.ground?.toMetres ?? [],
      toPicture(streetCamera, [0, 20]) as Point,
    );
    expect(Math.hypot(point[0], point[1] - 20)).toBeLessThan(0.3);
  });

  test('a scene without points has none', () => {
    expect(resolve(undefined).scene).not.toHaveProperty('ground');
  });
});

const good = toGroundEntries(streetCamera, rectangle);
const six = toGroundEntries(streetCamera, more.slice(0, 6));
const entry = (index: number) => good[index] as { at: readonly number[]; metres: readonly number[] };

test.each<[string, unknown, (string | number)[], RegExp]>([
  ['three points', good.slice(0, 3), ['ground'], /at least 4 entries, has 3/],
  [
    'a point outside the picture',
    [{ ...entry(0), at: [1.2, 0.5] }, ...good.slice(1)],
    ['ground', 0, 'at', 0],
    /<= 1/,
  ],
  ['no place', [{ at: [0.5, 0.5] }, ...good.slice(1)], ['ground', 0], /"metres" is missing/],
  [
    'places that are no numbers',
    [{ at: [0.5, 0.5], metres: ['a', 2] }, ...good.slice(1)],
    ['ground', 0, 'metres', 0],
    /number/,
  ],
  [
    'all on a line',
    [0, 1, 2, 3, 4].map((i) => ({ at: [0.1 + i / 10, 0.9 - i / 10], metres: [i, 2 * i] })),
    ['ground'],
    /no three of which lie on one line/,
  ],
  [
    'three of four on a line',
    [
      { at: [0.2, 0.9], metres: [0, 0] },
      { at: [0.5, 0.9], metres: [2, 0] },
      { at: [0.8, 0.9], metres: [4, 0] },
      { at: [0.5, 0.6], metres: [2, 9] },
    ],
    ['ground'],
    /does not determine the plane/,
  ],
  ['a point twice', [...good.slice(0, 3), entry(0)], ['ground'], /does not determine the plane/],
  [
    'on a line on the ground alone',
    good.map(({ at }, i) => ({ at, metres: [i, 2 * i] })),
    ['ground'],
    /neither in the picture nor on the ground/,
  ],
  [
    'two places exchanged',
    [entry(0), entry(1), { ...entry(2), metres: entry(3).metres }, { ...entry(3), metres: entry(2).metres }],
    ['ground', 2],
    /both sides of the horizon; are two of the places exchanged\?/,
  ],
])('a ground with %s is refused', (_name, ground, path, message) => {
  const { scene, issues } = resolve(ground);
  expect(scene).toBeNull();
  expect(issues[0]?.path).toEqual(path);
  expect(issues[0]?.message).toMatch(message);
});

test('a point that contradicts the others is named with by how much', () => {
  const seven = toGroundEntries(streetCamera, more);
  for (const [index, offM] of [
    [0, 2],
    [3, 4],
    [4, 3],
    [5, -2.5],
  ] as const) {
    const { issues } = resolve(moveOne(seven, index, offM));
    expect(issues).toEqual([
      {
        path: ['ground', index],
        message: `contradicts the others: they put it ${Math.abs(offM).toFixed(1)} m from where it is said to lie; measure it again, or leave it out`,
      },
    ]);
  }
});

test('where five points contradict each other it cannot be told which is wrong', () => {
  const { issues } = resolve(moveOne(toGroundEntries(streetCamera, more.slice(0, 5)), 4, 4));
  expect(issues).toHaveLength(1);
  expect(issues[0]?.path[0]).toBe('ground');
  expect(issues[0]?.message).toMatch(
    /together they put it \d\.\d m from .* one of them is wrong; measure them again/,
  );
});

function moveOne(entries: typeof good, index: number, offM: number): typeof good {
  return entries.map(({ at, metres: [x = 0, y = 0] }, i) => ({
    at,
    metres: i === index ? [x + offM, y] : [x, y],
  }));
}

test('a hand off is no contradiction, and far away not what nobody can point at', () => {
  const near = six.map(({ at, metres: [x = 0, y = 0] }, i) => ({ at, metres: [x, i === 4 ? y + 0.3 : y] }));
  expect(resolve(near).issues).toEqual([]);
  const far = toGroundEntries(streetCamera, [...rectangle, [-20, 120], [20, 120], [0, 90]]);
  const hazy = far.map(({ at: [x = 0, y = 0], metres }, i) => ({ at: [x, i === 6 ? y + 0.004 : y], metres }));
  expect(resolve(hazy).issues).toEqual([]);
});

test.each<[string, object, (string | number)[]]>([
  [
    'a zone',
    {
      kerb: [
        [0.4, 0.5],
        [0.6, 0.5],
        [0.6, 0.01],
      ],
    },
    ['zones', 'kerb'],
  ],
  [
    'an exempt area',
    {
      kerb: {
        polygon: zone,
        exempt: [
          zone,
          [
            [0.4, 0.5],
            [0.6, 0.5],
            [0.6, 0.01],
          ],
        ],
      },
    },
    ['zones', 'kerb', 'exempt', 1],
  ],
])('%s that reaches beyond the horizon is refused', (_name, zones, path) => {
  const { issues } = resolve(toGroundEntries({ ...streetCamera, tiltDeg: 12 }, rectangle), zones);
  expect(issues).toHaveLength(1);
  expect(issues[0]?.path).toEqual(path);
  expect(issues[0]?.message).toMatch(/at its point 3 \(0\.6, 0\.01\)/);
});
