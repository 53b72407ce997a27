import { expect, test } from 'vitest';
import { resolveScene } from './resolve-scene.ts';

const triangle = [
  [0, 0],
  [1, 0],
  [1, 1],
];
const square = [
  [0.2, 0.2],
  [0.8, 0.2],
  [0.8, 0.8],
  [0.2, 0.8],
];
const bowTie = [
  [0.2, 0.2],
  [0.8, 0.8],
  [0.8, 0.2],
  [0.2, 0.8],
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
    /"spaceship" is not one of person, bicycle/,
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

test('hours, exemptions and limits are read', () => {
  const { scene, issues } = resolveScene(
    {
      timeZone: 'Europe/Berlin',
      zones: {
        kerb: { polygon: square, exempt: [triangle], place: 'north square' },
        plain: triangle,
      },
      rules: [
        {
          ...rule,
          exempt: ['bus'],
          repeat: '30m',
          cooldown: '10m',
          capPerHour: 5,
          congestion: 'ignore',
          schedule: {
            weekly: [
              { days: 'mon-wed, fri', hours: '07:00-19:00' },
              { days: ['sat', 'sun'], hours: ['08:00-12:00', '22:00-02:00'] },
            ],
            dates: [
              { date: '2026-10-01', to: '2026-10-07', hours: [] },
              { date: '2028-02-29', hours: '00:00-24:00' },
            ],
            permitted: [{ days: 'fri-mon', hours: '18:00 - 24:00', from: '2026-05-01', reason: 'market' }],
          },
        },
        {
          ...rule,
          zone: 'plain',
          repeat: 'once',
          schedule: { timeZone: 'Asia/Tokyo', permitted: [{ hours: '08:00-09:00' }] },
        },
        { ...rule, id: 'always', schedule: {} },
      ],
    },
    'v1',
  );
  expect(issues).toEqual([]);
  expect(scene?.timeZone).toBe('Europe/Berlin');
  expect(scene?.zones).toEqual({ kerb: square, plain: triangle });
  const hourMs = 3_600_000;
  expect(scene?.rules[0]).toMatchObject({
    polygon: square,
    classes: ['car', 'truck'],
    exempt: ['bus'],
    exemptAreas: [triangle],
    place: 'north square',
    repeatMs: 1_800_000,
    cooldownMs: 600_000,
    capPerHour: 5,
    congestion: 'ignore',
    schedule: {
      timeZone: 'Europe/Berlin',
      weekly: [
        { days: ['mon', 'tue', 'wed', 'fri'], spans: [{ fromMs: 7 * hourMs, toMs: 19 * hourMs }] },
        {
          days: ['sat', 'sun'],
          spans: [
            { fromMs: 8 * hourMs, toMs: 12 * hourMs },
            { fromMs: 22 * hourMs, toMs: 2 * hourMs },
          ],
        },
      ],
      dates: [
        { from: '2026-10-01', to: '2026-10-07', spans: [] },
        { from: '2028-02-29', to: '2028-02-29', spans: [{ fromMs: 0, toMs: 24 * hourMs }] },
      ],
      permitted: [
        {
          days: ['mon', 'fri', 'sat', 'sun'],
          spans: [{ fromMs: 18 * hourMs, toMs: 24 * hourMs }],
          from: '2026-05-01',
          to: null,
          reason: 'market',
        },
      ],
    },
  });
  expect(scene?.rules[1]).toMatchObject({ repeatMs: null, exemptAreas: [], place: null });
  expect(scene?.rules[1]?.schedule).toMatchObject({ timeZone: 'Asia/Tokyo', weekly: null, dates: [] });
  expect(scene?.rules[2]?.schedule).toBeNull();
});

test('a polygon that is closed with its first point is the same polygon', () => {
  const closed = resolveScene({ zones: { kerb: [...square, square[0]] }, rules: [rule] }, 'v');
  expect(closed.issues).toEqual([]);
  expect(closed.scene?.rules[0]?.polygon).toEqual(square);
});

test('a file without the new fields means what it meant', () => {
  const { scene } = resolveScene({ zones: { kerb: triangle }, rules: [rule] }, 'v');
  expect(scene?.timeZone).toBe('Asia/Shanghai');
  expect(scene?.rules[0]).toMatchObject({
    exempt: [],
    exemptAreas: [],
    schedule: null,
    repeatMs: null,
    cooldownMs: 1_800_000,
    capPerHour: 20,
    congestion: 'suppress',
    place: null,
  });
});

type Path = (string | number)[];

test.each<[string, object, object, Path, RegExp]>([
  ['a zone of no kind', { kerb: 'kerb' }, {}, ['zones', 'kerb'], /must be array or object, not "kerb"/],
  ['a zone without polygon', { kerb: { exempt: [triangle] } }, {}, ['zones', 'kerb'], /"polygon" is missing/],
  [
    'a polygon that crosses itself',
    { kerb: { polygon: bowTie } },
    {},
    ['zones', 'kerb', 'polygon'],
    /between its points 1-2 meets the one between 3-4/,
  ],
  ['a bare one', { kerb: bowTie }, {}, ['zones', 'kerb'], /crosses itself/],
  [
    'an exempt area that crosses itself',
    { kerb: { polygon: square, exempt: [triangle, bowTie] } },
    {},
    ['zones', 'kerb', 'exempt', 1],
    /crosses itself/,
  ],
  ['a zone without a name', { kerb: square, '': square }, {}, ['zones', ''], /fewer than 1/],
  [
    'an unknown time zone',
    { kerb: square },
    { timeZone: 'CET+1' },
    ['timeZone'],
    /no time zone is called "CET\+1"/,
  ],
])('%s is refused', (_name, zones, more, path, message) => {
  const { scene, issues } = resolveScene({ zones, rules: [rule], ...more }, 'v');
  expect(scene).toBeNull();
  expect(issues).toHaveLength(1);
  expect(issues[0]?.path).toEqual(path);
  expect(issues[0]?.message).toMatch(message);
});

test.each<[string, object, Path, RegExp]>([
  [
    'an exempt class that is followed',
    { classes: ['car', 'bus'], exempt: ['bus'] },
    ['exempt', 0],
    /"bus" is among the classes/,
  ],
  [
    'exemptions that leave nothing',
    { exempt: ['car', 'truck', 'bus'] },
    ['exempt'],
    /leaves no class: sidewalk_parking concerns car, truck, bus/,
  ],
  ['a repeat of no time', { repeat: '0s' }, ['repeat'], /once is right/],
  [
    'a repeat that is no duration',
    { repeat: 'never' },
    ['repeat'],
    /cannot be "never"; right would be e\.g\. once or 30m/,
  ],
  ['a cap of none', { capPerHour: 0 }, ['capPerHour'], />= 1, not 0/],
  ['half a cap', { capPerHour: 1.5 }, ['capPerHour'], /integer/],
  [
    'a congestion policy that is none',
    { congestion: 'wait' },
    ['congestion'],
    /"wait" is not one of suppress, ignore/,
  ],
])('%s is refused', (_name, fields, path, message) => {
  const { scene, issues } = resolveScene({ zones: { kerb: square }, rules: [{ ...rule, ...fields }] }, 'v');
  expect(scene).toBeNull();
  expect(issues).toHaveLength(1);
  expect(issues[0]?.path).toEqual(['rules', 0, ...path]);
  expect(issues[0]?.message).toMatch(message);
});
