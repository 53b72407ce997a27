import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addLimit,
  defaultWorkPeriods,
  isWorkDay,
  type Limit,
  limitUnits,
  type WorkCalendar,
} from './work-time.ts';
import { fromLocalTime, toLocalTime, toZonedIso } from './zoned-time.ts';

const timeZone = 'Asia/Shanghai';
/** National Day and Mid-Autumn 2020: eight days off, two make-up days. */
const calendar: WorkCalendar = {
  timeZone,
  periods: defaultWorkPeriods,
  holidays: new Set(['01', '02', '03', '04', '05', '06', '07', '08'].map((day) => `2020-10-${day}`)),
  makeUpDays: new Set(['2020-09-27', '2020-10-10']),
};
const at = (text: string) => Date.parse(`${text.replace(' ', 'T')}:00+08:00`);

describe('addLimit', () => {
  test.each<[string, number, Limit['unit'], string, string]>([
    ['2020-12-03 09:10', 4, 'work_day', '2020-12-09 09:10', 'a weekend between'],
    ['2020-12-03 16:00', 4, 'urgent_hour', '2020-12-03 20:00', 'runs on in the evening'],
    ['2020-12-04 22:00', 4, 'urgent_hour', '2020-12-05 02:00', 'runs on in the night and the weekend'],
    ['2020-12-03 16:00', 4, 'work_hour', '2020-12-04 10:30', 'a night between'],
    ['2020-12-05 10:00', 4, 'work_hour', '2020-12-07 12:00', 'starts on a Saturday, ends with the morning'],
    ['2020-09-30 09:00', 4, 'work_day', '2020-10-13 09:00', 'holidays and a make-up Saturday'],
    ['2020-10-01 09:00', 2, 'natural_day', '2020-10-03 09:00', 'natural days know no holiday'],
    ['2020-12-03 11:00', 2, 'work_hour', '2020-12-03 14:30', 'lunch between'],
    ['2020-12-03 12:30', 1, 'work_hour', '2020-12-03 14:30', 'starts at lunch'],
    ['2020-12-03 12:00', 1, 'work_hour', '2020-12-03 14:30', 'the end of a period is outside it'],
    ['2020-12-03 08:00', 8, 'work_hour', '2020-12-03 17:30', 'a whole day ends with the day'],
    ['2020-12-03 12:30', 1, 'work_day', '2020-12-04 13:30', 'a day from the next work start'],
    ['2020-12-03 17:30', 1, 'work_day', '2020-12-07 08:00', 'after work counts as the next morning'],
    ['2020-12-03 06:00', 1, 'work_day', '2020-12-04 08:00', 'before work counts as the morning'],
    ['2020-12-05 10:00', 1, 'work_day', '2020-12-08 08:00', 'a Saturday counts as Monday morning'],
    ['2020-10-10 09:00', 1, 'work_day', '2020-10-12 09:00', 'starts on a make-up day'],
    ['2020-10-03 09:00', 4, 'work_hour', '2020-10-09 12:00', 'starts in the holidays'],
  ])('%s + %d %s = %s (%s)', (start, value, unit, expected) => {
    expect(toZonedIso(addLimit(at(start), { value, unit }, calendar), timeZone)).toBe(
      toZonedIso(at(expected), timeZone),
    );
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d of anything', (value) => {
    for (const unit of limitUnits)
      expect(() => addLimit(at('2020-12-03 09:00'), { value, unit }, calendar)).toThrow('is no time');
  });

  test('refuses a part of a working day', () => {
    expect(() => addLimit(at('2020-12-03 09:00'), { value: 1.5, unit: 'work_day' }, calendar)).toThrow(
      'whole number',
    );
  });

  test('says so when nobody ever works', () => {
    const idle = { ...calendar, periods: [] };
    expect(() => addLimit(at('2020-12-03 09:00'), { value: 1, unit: 'work_hour' }, idle)).toThrow(
      'too little work time',
    );
  });

  test('a work clock ends inside work time, never before its start, and never earlier for a later start', () => {
    const start = fc.integer({ min: at('2020-09-20 00:00'), max: at('2020-12-20 00:00') });
    fc.assert(
      fc.property(
        start,
        fc.integer({ min: 0, max: 86_400_000 }),
        fc.integer({ min: 1, max: 40 }),
        (startMs, laterMs, value) => {
          const endMs = addLimit(startMs, { value, unit: 'work_hour' }, calendar);
          const { date, ofDayMs } = toLocalTime(endMs, timeZone);
          const minute = ofDayMs / 60_000;
          expect(isWorkDay(date, calendar)).toBe(true);
          expect(
            defaultWorkPeriods.some(({ fromMinute, toMinute }) => minute > fromMinute && minute <= toMinute),
          ).toBe(true);
          expect(endMs - startMs).toBeGreaterThanOrEqual(value * 3_600_000);
          expect(addLimit(startMs + laterMs, { value, unit: 'work_hour' }, calendar)).toBeGreaterThanOrEqual(
            endMs,
          );
        },
      ),
    );
  });
});

describe('local time', () => {
  test.each([
    ['2020-12-03T01:10:00Z', 'Asia/Shanghai', '2020-12-03T09:10:00+08:00'],
    ['2020-12-02T16:30:00.250Z', 'Asia/Shanghai', '2020-12-03T00:30:00.250+08:00'],
    ['2020-12-03T01:10:00Z', 'America/St_Johns', '2020-12-02T21:40:00-03:30'],
    ['2020-07-03T01:10:00Z', 'Europe/Berlin', '2020-07-03T03:10:00+02:00'],
    ['2020-12-03T01:10:00Z', 'UTC', '2020-12-03T01:10:00+00:00'],
  ])('%s in %s is %s', (utc, zone, expected) => {
    expect(toZonedIso(Date.parse(utc), zone)).toBe(expected);
  });

  test('goes there and back, across clock changes', () => {
    const instant = fc.integer({ min: Date.UTC(1995, 0), max: Date.UTC(2035, 0) });
    fc.assert(
      fc.property(instant, fc.constantFrom('Asia/Shanghai', 'Pacific/Chatham', 'UTC'), (ms, zone) => {
        const { date, ofDayMs } = toLocalTime(ms, zone);
        // The repeated hour in autumn stands for two instants, an hour apart.
        expect([0, 3_600_000]).toContain(Math.abs(fromLocalTime(date, ofDayMs, zone) - ms));
      }),
    );
  });
});
