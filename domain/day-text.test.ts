import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatDaySpan,
  formatDays,
  parseDaySpan,
  parseDays,
  toDateText,
  toDayNumber,
  toWeekday,
} from './day-text.ts';
import { type Weekday, weekdays } from './schedule.ts';

test.each<[Weekday[], string]>([
  [[...weekdays], 'daily'],
  [['mon', 'tue', 'wed', 'thu', 'fri'], 'mon-fri'],
  [['mon', 'sat', 'sun'], 'sat-mon'],
  [['mon', 'wed'], 'mon, wed'],
  [['sat', 'sun'], 'sat, sun'],
  [['mon', 'sun'], 'sun, mon'],
  [['tue'], 'tue'],
])('%j are written %s', (days, text) => {
  expect(formatDays(days)).toBe(text);
});

test('days and spans come back as they were written', () => {
  fc.assert(
    fc.property(
      fc.subarray([...weekdays], { minLength: 1 }),
      fc.nat(1439),
      fc.nat(1440),
      (days, from, to) => {
        expect(parseDays(formatDays(days))).toEqual(days);
        const span = { fromMs: from * 60_000, toMs: to * 60_000 };
        expect(parseDaySpan(formatDaySpan(span))).toEqual(span);
      },
    ),
  );
});

test.each<[string, number | null, Weekday | null]>([
  ['1970-01-01', 0, 'thu'],
  ['1969-12-31', -1, 'wed'],
  ['2026-11-24', 20_781, 'tue'],
  ['2028-02-29', 21_243, 'tue'],
  ['2026-02-30', null, null],
  ['2026-13-01', null, null],
])('the calendar has %s as day %s', (date, dayNumber, weekday) => {
  expect(toDayNumber(date)).toBe(dayNumber);
  if (dayNumber !== null) expect([toDateText(dayNumber), toWeekday(dayNumber)]).toEqual([date, weekday]);
});
