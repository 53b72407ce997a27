import { expect, test } from 'vitest';
import { resolveScene } from './scene.ts';

const triangle = [
  [0, 0],
  [1, 0],
  [1, 1],
];
const rule = { offence: 'sidewalk_parking', zone: 'kerb', onset: '10s', legal: '60s' };

test('a small scene gets the defaults of its offence', () => {
  const { scene } = resolveScene(
    { zones: { kerb: triangle }, rules: [rule, { offence: 'street_vending', zone: 'kerb' }] },
    'v1',
  );
  expect(scene?.version).toBe('v1');
  expect(scene?.rules[0]).toMatchObject({
    id: 'sidewalk_parking@kerb',
    classes: ['car', 'truck', 'bus'],
    onsetMs: 10_000,
    legalMs: 60_000,
    gapMs: 30_000,
  });
  expect(scene?.rules[1]).toMatchObject({ onsetMs: 30_000, legalMs: 180_000 });
});

test('an onset that is not given never exceeds a short legal time', () => {
  const { scene } = resolveScene(
    { zones: { kerb: triangle }, rules: [{ offence: 'sidewalk_parking', zone: 'kerb', legal: '5s' }] },
    'v',
  );
  expect(scene?.rules[0]).toMatchObject({ onsetMs: 5000, legalMs: 5000 });
});

test.each<[string, unknown, (string | number)[], RegExp]>([
  [
    'two points',
    {
      zones: {
        kerb: [
          [0, 0],
          [1, 1],
        ],
      },
      rules: [rule],
    },
    ['zones', 'kerb'],
    /at least 3 entries, has 2/,
  ],
  [
    'out of 0-1',
    {
      zones: {
        kerb: [
          [0, 0],
          [1.2, 0],
          [1, 1],
        ],
      },
      rules: [rule],
    },
    ['zones', 'kerb', 1, 0],
    /<= 1, not 1\.2/,
  ],
  [
    'negative',
    {
      zones: {
        kerb: [
          [0, -0.1],
          [1, 0],
          [1, 1],
        ],
      },
      rules: [rule],
    },
    ['zones', 'kerb', 0, 1],
    />= 0, not -0\.1/,
  ],
  [
    'on one line',
    {
      zones: {
        kerb: [
          [0, 0],
          [0.5, 0.5],
          [1, 1],
        ],
      },
      rules: [rule],
    },
    ['zones', 'kerb'],
    /no area/,
  ],
  [
    'a point of three',
    {
      zones: {
        kerb: [
          [0, 0, 0],
          [1, 0],
          [1, 1],
        ],
      },
      rules: [rule],
    },
    ['zones', 'kerb', 0],
    /items/,
  ],
  [
    'unknown class',
    { zones: { kerb: triangle }, rules: [{ ...rule, classes: ['car', 'spaceship'] }] },
    ['rules', 0, 'classes', 1],
    /unknown class "spaceship"; known: person/,
  ],
  [
    'unknown offence',
    { zones: { kerb: triangle }, rules: [{ ...rule, offence: 'littering' }] },
    ['rules', 0, 'offence'],
    /"littering" is not one of sidewalk_parking/,
  ],
  [
    'unknown zone',
    { zones: { kerb: triangle }, rules: [{ ...rule, zone: 'curb' }] },
    ['rules', 0, 'zone'],
    /no zone "curb"; this scene has kerb/,
  ],
  [
    'a zone named like a built-in',
    { zones: { kerb: triangle }, rules: [{ ...rule, zone: 'constructor' }] },
    ['rules', 0, 'zone'],
    /no zone "constructor"/,
  ],
  [
    'bad duration',
    { zones: { kerb: triangle }, rules: [{ ...rule, legal: '5 minutes' }] },
    ['rules', 0, 'legal'],
    /5 minutes/,
  ],
  [
    'onset after legal',
    { zones: { kerb: triangle }, rules: [{ ...rule, onset: '2m' }] },
    ['rules', 0, 'onset'],
    /onset 2m is longer than legal 60s/,
  ],
  [
    'unknown field',
    { zones: { kerb: triangle }, rules: [{ ...rule, legl: '5s' }] },
    ['rules', 0, 'legl'],
    /unknown field "legl"/,
  ],
  [
    'missing field',
    { zones: { kerb: triangle }, rules: [{ zone: 'kerb' }] },
    ['rules', 0],
    /"offence" is missing/,
  ],
  [
    'same rule twice',
    { zones: { kerb: triangle }, rules: [rule, rule] },
    ['rules', 1],
    /two rules are called/,
  ],
  ['no rules', { zones: { kerb: triangle }, rules: [] }, ['rules'], /at least 1 entries, has 0/],
  ['no map', 'zones', [], /must be object, not "zones"/],
])('%s is refused', (_name, value, path, message) => {
  const { scene, issues } = resolveScene(value, 'v');
  expect(scene).toBeNull();
  expect(issues[0]?.path).toEqual(path);
  expect(issues[0]?.message).toMatch(message);
});
