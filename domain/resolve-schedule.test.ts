import { expect, test } from 'vitest';
import { resolveScene } from './resolve-scene.ts';

const zones = {
  kerb: [
    [0, 0],
    [1, 0],
    [1, 1],
  ],
};

test.each<[string, unknown, (string | number)[], RegExp]>([
  [
    'days that are none',
    { weekly: [{ days: 'weekdays', hours: '07:00-19:00' }] },
    ['weekly', 0, 'days'],
    /cannot be "weekdays"; right would be e\.g\. daily or mon-fri/,
  ],
  [
    'a day that is none',
    { weekly: [{ days: ['mon', 'tus'], hours: '07:00-19:00' }] },
    ['weekly', 0, 'days', 1],
    /cannot be "tus"/,
  ],
  [
    'days that are a number',
    { weekly: [{ days: 1, hours: '07:00-19:00' }] },
    ['weekly', 0, 'days'],
    /must be string or array, not 1/,
  ],
  [
    'hours of one digit',
    { weekly: [{ hours: '7:00-19:00' }] },
    ['weekly', 0, 'hours'],
    /cannot be "7:00-19:00"; right would be e\.g\. 07:00-19:00/,
  ],
  ['hours past the day', { weekly: [{ hours: '07:00-24:30' }] }, ['weekly', 0, 'hours'], /cannot be/],
  [
    'a day that begins at its end',
    { weekly: [{ hours: '24:00-07:00' }] },
    ['weekly', 0, 'hours'],
    /cannot be/,
  ],
  [
    'empty hours',
    { weekly: [{ hours: ['07:00-19:00', '20:00-20:00'] }] },
    ['weekly', 0, 'hours', 1],
    /20:00-20:00 is empty; the whole day is written 00:00-24:00/,
  ],
  ['no hours', { weekly: [{ hours: [] }] }, ['weekly', 0, 'hours'], /at least 1/],
  [
    'overlapping hours',
    { weekly: [{ hours: ['07:00-12:00', '11:00-19:00'] }] },
    ['weekly', 0, 'hours', 1],
    /11:00-19:00 overlaps 07:00-12:00; write one span/,
  ],
  [
    'hours of one day in two entries',
    { weekly: [{ hours: '07:00-12:00' }, { days: 'sat', hours: '08:00-09:00' }] },
    ['weekly', 1, 'hours'],
    /08:00-09:00 of sat overlaps 07:00-12:00 of sat in entry 1/,
  ],
  [
    'a night that runs into the next morning',
    {
      weekly: [
        { days: 'sun', hours: '22:00-08:00' },
        { days: 'mon', hours: '07:00-09:00' },
      ],
    },
    ['weekly', 1, 'hours'],
    /07:00-09:00 of mon overlaps 22:00-08:00 of sun/,
  ],
  [
    'a night that runs into itself',
    { weekly: [{ hours: ['22:00-08:00', '07:00-12:00'] }] },
    ['weekly', 0, 'hours'],
    /07:00-12:00 of tue overlaps 22:00-08:00 of mon/,
  ],
  [
    'an unknown zone',
    { timeZone: 'Asia/Ruian' },
    ['timeZone'],
    /no time zone is called "Asia\/Ruian"; right would be an IANA name/,
  ],
  [
    '30 February',
    { dates: [{ date: '2026-02-30', hours: [] }] },
    ['dates', 0, 'date'],
    /2026-02-30 does not exist in the calendar/,
  ],
  [
    '29 February of a common year',
    { permitted: [{ from: '2026-02-29', hours: '08:00-09:00' }] },
    ['permitted', 0, 'from'],
    /2026-02-29 does not exist/,
  ],
  [
    'a date of the wrong form',
    { dates: [{ date: '1.10.2026', hours: [] }] },
    ['dates', 0, 'date'],
    /cannot be "1\.10\.2026"; right would be e\.g\. 2026-10-01/,
  ],
  [
    'a last date before the first',
    { dates: [{ date: '2026-10-07', to: '2026-10-01', hours: [] }] },
    ['dates', 0, 'to'],
    /2026-10-01 lies before 2026-10-07/,
  ],
  [
    'a season that ends before it begins',
    { permitted: [{ from: '2026-10-07', to: '2026-10-01', hours: '08:00-09:00' }] },
    ['permitted', 0, 'to'],
    /lies before/,
  ],
  [
    'a date twice',
    {
      dates: [
        { date: '2026-10-01', to: '2026-10-07', hours: [] },
        { date: '2026-10-05', hours: '08:00-09:00' },
      ],
    },
    ['dates', 1, 'date'],
    /2026-10-05 is in entry 1 already/,
  ],
  ['a permission at no hours', { permitted: [{ days: 'sun' }] }, ['permitted', 0], /"hours" is missing/],
  [
    'a field of another kind of entry',
    { weekly: [{ hours: '08:00-09:00', reason: 'x' }] },
    ['weekly', 0, 'reason'],
    /unknown field "reason"/,
  ],
])('a schedule with %s is refused', (_name, schedule, path, message) => {
  const { scene, issues } = resolveScene(
    { zones, rules: [{ offence: 'sidewalk_parking', zone: 'kerb', schedule }] },
    'v',
  );
  expect(scene).toBeNull();
  expect(issues[0]?.path).toEqual(['rules', 0, 'schedule', ...path]);
  expect(issues[0]?.message).toMatch(message);
  expect(issues).toHaveLength(1);
});
