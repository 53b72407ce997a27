import { expect, test } from 'vitest';
import { resolveSchedule } from './resolve-schedule.ts';
import { toRuleHours } from './rule-hours.ts';
import type { RuleHours, Schedule } from './schedule.ts';
import type { ScheduleFile } from './schedule-file.ts';

function createSchedule(file: ScheduleFile, timeZone: string): Schedule {
  const schedule = resolveSchedule(file, timeZone, [], (path, message) => {
    throw new Error(`${path.join('.')}: ${message}`);
  });
  if (schedule === null) throw new Error('holds always');
  return schedule;
}

const night = { weekly: [{ hours: '01:30-03:30' }] };
const evening = { weekly: [{ days: 'fri', hours: '22:00-02:00' }] };
const market: ScheduleFile = {
  weekly: [{ hours: '07:00-23:00' }],
  permitted: [
    { days: 'fri-sun', hours: '18:00-22:00', from: '2026-05-01', to: '2026-09-30', reason: 'market' },
  ],
};
const holidays: ScheduleFile = {
  weekly: [{ days: 'mon-fri', hours: ['07:00-19:00', '22:00-02:00'] }],
  dates: [
    { date: '2026-10-01', to: '2026-10-07', hours: [] },
    { date: '2026-10-10', hours: '07:00-19:00' },
  ],
};

/** Instants are written in UTC. 2026: Berlin 29 March +1 to +2 at 01:00Z, 25 October back; New York 8 March -5 to -4 at 07:00Z, 1 November back at 06:00Z. */
test.each<[string, ScheduleFile, string, string, RuleHours, string | null, string | null]>([
  [
    'Berlin, an hour shorter',
    night,
    'Europe/Berlin',
    '2026-03-29T00:45Z',
    'in_force',
    '2026-03-29T00:30Z',
    '2026-03-29T01:30Z',
  ],
  [
    'Berlin, an hour longer',
    night,
    'Europe/Berlin',
    '2026-10-25T00:45Z',
    'in_force',
    '2026-10-24T23:30Z',
    '2026-10-25T02:30Z',
  ],
  [
    'New York, an hour shorter',
    night,
    'America/New_York',
    '2026-03-08T06:45Z',
    'in_force',
    '2026-03-08T06:30Z',
    '2026-03-08T07:30Z',
  ],
  [
    'New York, before clocks go back',
    night,
    'America/New_York',
    '2026-11-01T05:45Z',
    'in_force',
    '2026-11-01T05:30Z',
    '2026-11-01T06:00Z',
  ],
  [
    'New York, 01:15 for the second time',
    night,
    'America/New_York',
    '2026-11-01T06:15Z',
    'off',
    '2026-11-01T06:00Z',
    '2026-11-01T06:30Z',
  ],
  [
    'New York, after clocks went back',
    night,
    'America/New_York',
    '2026-11-01T07:00Z',
    'in_force',
    '2026-11-01T06:30Z',
    '2026-11-01T08:30Z',
  ],
  [
    'a span within the hour that is skipped',
    { weekly: [{ hours: '02:10-02:50' }] },
    'Europe/Berlin',
    '2026-03-29T12:00Z',
    'off',
    '2026-03-28T01:50Z',
    '2026-03-30T00:10Z',
  ],
  [
    'a span within the hour that comes twice',
    { weekly: [{ hours: '02:10-02:50' }] },
    'Europe/Berlin',
    '2026-10-25T01:00Z',
    'off',
    '2026-10-25T00:50Z',
    '2026-10-25T01:10Z',
  ],
  [
    'a day of 23 hours',
    { weekly: [{ days: 'sun', hours: '00:00-24:00' }] },
    'Europe/Berlin',
    '2026-03-29T12:00Z',
    'in_force',
    '2026-03-28T23:00Z',
    '2026-03-29T22:00Z',
  ],
  [
    'a day of 25 hours',
    { weekly: [{ days: 'sun', hours: '00:00-24:00' }] },
    'Europe/Berlin',
    '2026-10-25T12:00Z',
    'in_force',
    '2026-10-24T22:00Z',
    '2026-10-25T23:00Z',
  ],
  [
    'a zone half an hour off, changing by half an hour',
    night,
    'Australia/Lord_Howe',
    '2026-04-04T15:15Z',
    'in_force',
    '2026-04-04T14:30Z',
    '2026-04-04T17:00Z',
  ],
  [
    '07:00 sharp',
    holidays,
    'Asia/Shanghai',
    '2026-11-23T23:00Z',
    'in_force',
    '2026-11-23T23:00Z',
    '2026-11-24T11:00Z',
  ],
  [
    'a moment before 07:00',
    holidays,
    'Asia/Shanghai',
    '2026-11-23T22:59:59.999Z',
    'off',
    '2026-11-23T18:00Z',
    '2026-11-23T23:00Z',
  ],
  [
    '19:00 sharp',
    holidays,
    'Asia/Shanghai',
    '2026-11-24T11:00Z',
    'off',
    '2026-11-24T11:00Z',
    '2026-11-24T14:00Z',
  ],
  [
    'before midnight',
    evening,
    'Asia/Shanghai',
    '2026-11-27T15:00Z',
    'in_force',
    '2026-11-27T14:00Z',
    '2026-11-27T18:00Z',
  ],
  [
    'after midnight, on a day without hours',
    evening,
    'Asia/Shanghai',
    '2026-11-27T17:00Z',
    'in_force',
    '2026-11-27T14:00Z',
    '2026-11-27T18:00Z',
  ],
  [
    'past midnight of the day before',
    evening,
    'Asia/Shanghai',
    '2026-11-26T17:00Z',
    'off',
    '2026-11-20T18:00Z',
    '2026-11-27T14:00Z',
  ],
  [
    'midnight itself',
    { weekly: [{ hours: '00:00-08:00' }] },
    'Asia/Shanghai',
    '2026-11-23T16:00Z',
    'in_force',
    '2026-11-23T16:00Z',
    '2026-11-24T00:00Z',
  ],
  [
    'spans that touch at midnight',
    { weekly: [{ hours: ['20:00-24:00', '00:00-04:00'] }] },
    'Asia/Shanghai',
    '2026-11-23T17:00Z',
    'in_force',
    '2026-11-23T12:00Z',
    '2026-11-23T20:00Z',
  ],
  [
    'spans of two days that touch',
    {
      weekly: [
        { days: 'mon', hours: '07:00-24:00' },
        { days: 'tue', hours: '00:00-12:00' },
      ],
    },
    'Asia/Shanghai',
    '2026-11-24T03:00Z',
    'in_force',
    '2026-11-22T23:00Z',
    '2026-11-24T04:00Z',
  ],
  [
    'a holiday',
    holidays,
    'Asia/Shanghai',
    '2026-10-05T04:00Z',
    'off',
    '2026-09-30T18:00Z',
    '2026-10-07T23:00Z',
  ],
  [
    'the night into a holiday',
    holidays,
    'Asia/Shanghai',
    '2026-09-30T17:00Z',
    'in_force',
    '2026-09-30T14:00Z',
    '2026-09-30T18:00Z',
  ],
  [
    'a working Saturday',
    holidays,
    'Asia/Shanghai',
    '2026-10-10T01:00Z',
    'in_force',
    '2026-10-09T23:00Z',
    '2026-10-10T11:00Z',
  ],
  [
    'the market',
    market,
    'Asia/Shanghai',
    '2026-09-26T11:00Z',
    'permitted',
    '2026-09-26T10:00Z',
    '2026-09-26T14:00Z',
  ],
  [
    'after the market',
    market,
    'Asia/Shanghai',
    '2026-09-26T14:30Z',
    'in_force',
    '2026-09-26T14:00Z',
    '2026-09-26T15:00Z',
  ],
  [
    'a market day after its season',
    market,
    'Asia/Shanghai',
    '2026-10-03T11:00Z',
    'in_force',
    '2026-10-02T23:00Z',
    '2026-10-03T15:00Z',
  ],
  [
    'a window that begins before the rule does',
    { weekly: [{ hours: '08:00-20:00' }], permitted: [{ hours: '06:00-09:00' }] },
    'Asia/Shanghai',
    '2026-11-23T23:00Z',
    'off',
    '2026-11-23T12:00Z',
    '2026-11-24T00:00Z',
  ],
  [
    'always but for a date far away',
    { dates: [{ date: '2026-12-25', hours: [] }] },
    'Asia/Shanghai',
    '2026-11-24T00:00Z',
    'in_force',
    null,
    null,
  ],
  [
    'that date eight days ahead',
    { dates: [{ date: '2026-12-25', hours: [] }] },
    'Asia/Shanghai',
    '2026-12-16T16:00Z',
    'in_force',
    null,
    '2026-12-24T16:00Z',
  ],
  [
    'a moment earlier',
    { dates: [{ date: '2026-12-25', hours: [] }] },
    'Asia/Shanghai',
    '2026-12-16T15:59:59.999Z',
    'in_force',
    null,
    null,
  ],
  [
    'eight days after it',
    { dates: [{ date: '2026-12-25', hours: [] }] },
    'Asia/Shanghai',
    '2027-01-02T16:00Z',
    'in_force',
    '2026-12-25T16:00Z',
    null,
  ],
  [
    'longer after it',
    { dates: [{ date: '2026-12-25', hours: [] }] },
    'Asia/Shanghai',
    '2027-01-02T16:00:00.001Z',
    'in_force',
    null,
    null,
  ],
])('%s', (_name, file, timeZone, at, hours, since, until) => {
  const toMs = (text: string | null): number | null => (text === null ? null : Date.parse(text));
  expect(toRuleHours(createSchedule(file, timeZone), Date.parse(at))).toMatchObject({
    hours,
    sinceMs: toMs(since),
    untilMs: toMs(until),
  });
});

test('a permitted window says why, each its own reason while the state goes on', () => {
  const schedule = createSchedule(
    {
      permitted: [
        { hours: '08:00-10:00', reason: 'deliveries' },
        { hours: '10:00-12:00', reason: 'market' },
      ],
    },
    'Asia/Shanghai',
  );
  const at = (text: string) => toRuleHours(schedule, Date.parse(`2026-11-24T${text}+08:00`));
  const both = {
    hours: 'permitted',
    sinceMs: Date.parse('2026-11-24T00:00Z'),
    untilMs: Date.parse('2026-11-24T04:00Z'),
  };
  expect(at('09:59:59')).toEqual({ ...both, reason: 'deliveries' });
  expect(at('10:00:00')).toEqual({ ...both, reason: 'market' });
  expect(at('09:00:00')).toEqual({ ...both, reason: 'deliveries' });
  expect(at('12:00:00')).toMatchObject({ hours: 'in_force', reason: '' });
});

test('a rule without schedule is always in force', () => {
  expect(toRuleHours(null, 0)).toEqual({ hours: 'in_force', sinceMs: null, untilMs: null, reason: '' });
});

test('asking at each sample of a day costs next to nothing', () => {
  const schedules = [holidays, market, night].map((entry) => createSchedule(entry, 'Asia/Shanghai'));
  const fromMs = Date.parse('2026-09-26T00:00Z');
  const before = process.cpuUsage();
  let inForce = 0;
  for (let second = 0; second < 86_400; second++)
    for (const schedule of schedules)
      if (toRuleHours(schedule, fromMs + second * 1000).hours === 'in_force') inForce++;
  const { user, system } = process.cpuUsage(before);
  expect(inForce).toBeGreaterThan(0);
  expect((user + system) / 1000).toBeLessThan(300);
});
