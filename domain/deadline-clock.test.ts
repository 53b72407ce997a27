import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extendDeadline, shiftForPause, toLight, toShareInstant } from './deadline-clock.ts';
import { addLimit, defaultWorkPeriods, type Limit, limitUnits, type WorkCalendar } from './work-time.ts';
import { toZonedIso } from './zoned-time.ts';

const timeZone = 'Asia/Shanghai';
const calendar: WorkCalendar = {
  timeZone,
  periods: defaultWorkPeriods,
  holidays: new Set(['01', '02', '03', '04', '05', '06', '07', '08'].map((day) => `2020-10-${day}`)),
  makeUpDays: new Set(['2020-09-27', '2020-10-10']),
};
const at = (text: string) => Date.parse(`${text.replace(' ', 'T')}:00+08:00`);
const show = (ms: number) => toZonedIso(ms, timeZone).slice(0, 16).replace('T', ' ');
const start = (text: string, limit: Limit) => ({
  fromMs: at(text),
  deadlineMs: addLimit(at(text), limit, calendar),
  unit: limit.unit,
});

describe('a pause', () => {
  test.each<[string, Limit, string, string, string]>([
    [
      '2020-12-03 16:00',
      { value: 4, unit: 'urgent_hour' },
      '2020-12-03 17:00',
      '2020-12-04 09:00',
      '2020-12-04 12:00',
    ],
    [
      '2020-12-03 16:00',
      { value: 4, unit: 'work_hour' },
      '2020-12-03 17:00',
      '2020-12-04 09:00',
      '2020-12-04 12:00',
    ],
    [
      '2020-12-03 16:00',
      { value: 4, unit: 'work_hour' },
      '2020-12-05 08:00',
      '2020-12-06 20:00',
      '2020-12-04 10:30',
    ],
    [
      '2020-12-03 09:10',
      { value: 4, unit: 'work_day' },
      '2020-12-04 10:00',
      '2020-12-14 10:00',
      '2020-12-17 09:10',
    ],
    [
      '2020-12-03 09:10',
      { value: 4, unit: 'work_day' },
      '2020-12-04 18:00',
      '2020-12-07 07:00',
      '2020-12-09 09:10',
    ],
    [
      '2020-09-29 09:10',
      { value: 4, unit: 'work_day' },
      '2020-09-30 17:30',
      '2020-10-10 08:00',
      '2020-10-13 09:10',
    ],
    [
      '2020-12-03 09:00',
      { value: 2, unit: 'natural_day' },
      '2020-12-04 09:00',
      '2020-12-06 09:00',
      '2020-12-07 09:00',
    ],
  ])('%s + %j, held from %s to %s, ends at %s', (from, limit, heldFrom, heldTo, expected) => {
    const shifted = shiftForPause(start(from, limit), { fromMs: at(heldFrom), toMs: at(heldTo) }, calendar);
    expect(show(shifted.deadlineMs)).toBe(expected);
  });

  test('leaves as much as there was, whatever the clock, and of no length changes nothing', () => {
    const limit = fc.record({ value: fc.integer({ min: 1, max: 20 }), unit: fc.constantFrom(...limitUnits) });
    const instant = fc.integer({ min: at('2020-09-20 00:00'), max: at('2020-12-20 00:00') });
    fc.assert(
      fc.property(
        instant,
        limit,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(40 * 86_400_000),
        (fromMs, of, share, lengthMs) => {
          const running = { fromMs, deadlineMs: addLimit(fromMs, of, calendar), unit: of.unit };
          const heldMs = Math.floor(fromMs + share * (running.deadlineMs - fromMs - 1));
          expect(shiftForPause(running, { fromMs: heldMs, toMs: heldMs }, calendar)).toEqual(running);
          const shifted = shiftForPause(running, { fromMs: heldMs, toMs: heldMs + lengthMs }, calendar);
          expect(shifted.deadlineMs).toBeGreaterThanOrEqual(running.deadlineMs);
          const left = (limitNow: typeof running, nowMs: number) =>
            limitNow.unit.startsWith('work')
              ? countShare(nowMs, limitNow.deadlineMs)
              : limitNow.deadlineMs - nowMs;
          expect(left(shifted, heldMs + lengthMs)).toBe(left(running, heldMs));
        },
      ),
    );
  });

  test('of a limit that had run out moves nothing', () => {
    const running = start('2020-12-03 09:00', { value: 1, unit: 'urgent_hour' });
    const late = { fromMs: at('2020-12-03 10:00'), toMs: at('2020-12-09 10:00') };
    expect(shiftForPause(running, late, calendar)).toBe(running);
  });
});

/** Work time by the minute, told by a second reading of the calendar. */
function countShare(fromMs: number, toMs: number): number {
  let sumMs = 0;
  for (let dayMs = at('2020-09-18 00:00'); dayMs < toMs; dayMs += 86_400_000) {
    const date = show(dayMs).slice(0, 10);
    const weekday = new Date(`${date}T12:00:00Z`).getUTCDay();
    const isRest = weekday === 0 || weekday === 6;
    if (calendar.holidays.has(date) || (isRest && !calendar.makeUpDays.has(date))) continue;
    for (const [open, shut] of [
      ['08:00', '12:00'],
      ['13:30', '17:30'],
    ])
      sumMs += Math.max(0, Math.min(toMs, at(`${date} ${shut}`)) - Math.max(fromMs, at(`${date} ${open}`)));
  }
  return sumMs;
}

describe('an extension', () => {
  test.each<[string, Limit, string]>([
    ['2020-12-03 20:00', { value: 4, unit: 'urgent_hour' }, '2020-12-04 00:00'],
    ['2020-12-04 10:30', { value: 4, unit: 'work_hour' }, '2020-12-04 16:00'],
    ['2020-12-04 17:30', { value: 4, unit: 'work_hour' }, '2020-12-07 12:00'],
    ['2020-12-09 09:10', { value: 4, unit: 'work_day' }, '2020-12-15 09:10'],
    ['2020-09-30 09:00', { value: 4, unit: 'work_day' }, '2020-10-13 09:00'],
  ])('of %s by %j is %s', (deadline, limit, expected) => {
    expect(show(extendDeadline(at(deadline), limit, calendar))).toBe(expected);
  });
});

describe('a share of a limit', () => {
  test.each<[string, Limit, number, string]>([
    ['2020-12-03 16:00', { value: 5, unit: 'urgent_hour' }, 0.8, '2020-12-03 20:00'],
    ['2020-12-03 16:00', { value: 5, unit: 'urgent_hour' }, 1.5, '2020-12-03 23:30'],
    ['2020-12-03 16:00', { value: 5, unit: 'work_hour' }, 0.8, '2020-12-04 10:30'],
    ['2020-12-03 16:00', { value: 5, unit: 'work_hour' }, 1, '2020-12-04 11:30'],
    ['2020-12-03 16:00', { value: 5, unit: 'work_hour' }, 1.5, '2020-12-04 15:30'],
    // Four days of eight hours: 80 % are 25.6 hours, 150 % another sixteen.
    ['2020-12-03 09:10', { value: 4, unit: 'work_day' }, 0.8, '2020-12-08 10:46'],
    ['2020-12-03 09:10', { value: 4, unit: 'work_day' }, 1.5, '2020-12-11 09:10'],
  ])('%s + %j: %d at %s', (from, limit, share, expected) => {
    expect(show(toShareInstant(start(from, limit), share, calendar))).toBe(expected);
  });

  test.each([
    ['2020-12-03 20:00', 'green'],
    ['2020-12-03 20:01', 'yellow'],
    ['2020-12-03 21:00', 'yellow'],
    ['2020-12-03 21:01', 'red'],
  ])('at %s the light is %s', (now, light) => {
    expect(toLight(start('2020-12-03 16:00', { value: 5, unit: 'urgent_hour' }), at(now), calendar)).toBe(
      light,
    );
  });
});
