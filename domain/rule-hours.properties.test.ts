import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toDayNumber } from './day-text.ts';
import { resolveSchedule } from './resolve-schedule.ts';
import { toRuleHours } from './rule-hours.ts';
import { type RuleHours, type Schedule, weekdays } from './schedule.ts';
import type { ScheduleFile } from './schedule-file.ts';
import { toLocalTime } from './zoned-time.ts';

const dayMs = 24 * 3_600_000;

/** What the wall clock and the calendar say, minute by minute and in the plainest way. */
function readSlowly(file: ScheduleFile, timeZone: string, atMs: number): RuleHours {
  const { date, ofDayMs } = toLocalTime(atMs, timeZone);
  const yesterday = new Date(Date.parse(date) - dayMs).toISOString().slice(0, 10);
  const isWithin = (hours: string | readonly string[], begun: string): boolean =>
    [hours].flat().some((text) => {
      const [from, to] = text.split('-').map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
      const minute = Math.floor(ofDayMs / 60_000) + (begun === date ? 0 : 24 * 60);
      const end = (to as number) > (from as number) ? (to as number) : (to as number) + 24 * 60;
      return minute >= (from as number) && minute < end;
    });
  const isOn = (days: string | readonly string[] | undefined, day: string): boolean => {
    const name = weekdays[(new Date(day).getUTCDay() + 6) % 7] as string;
    return days === undefined || days === 'daily' || [days].flat().includes(name);
  };
  const isHolding = [date, yesterday].some((day) => {
    const own = (file.dates ?? []).find((entry) => entry.date <= day && day <= (entry.to ?? entry.date));
    if (own) return isWithin(own.hours, day);
    if (!file.weekly) return day === date;
    return file.weekly.some((entry) => isOn(entry.days, day) && isWithin(entry.hours, day));
  });
  if (!isHolding) return 'off';
  const isPermitted = (file.permitted ?? []).some((window) =>
    [date, yesterday].some(
      (day) =>
        isOn(window.days, day) &&
        (window.from ?? '') <= day &&
        day <= (window.to ?? '9') &&
        isWithin(window.hours, day),
    ),
  );
  return isPermitted ? 'permitted' : 'in_force';
}

const time = fc
  .tuple(fc.nat(23), fc.nat(3))
  .map(([hour, quarter]) => `${String(hour).padStart(2, '0')}:${String(quarter * 15).padStart(2, '0')}`);
const span = fc
  .tuple(time, fc.oneof(time, fc.constant('24:00')))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => `${from}-${to}`);
const day = fc.constantFrom(...weekdays);
/** About the nights on which the clocks of these zones change in 2026. */
const date = fc.constantFrom(
  '2026-03-08',
  '2026-03-29',
  '2026-03-30',
  '2026-10-25',
  '2026-11-01',
  '2026-04-05',
);
const file: fc.Arbitrary<ScheduleFile> = fc.record(
  {
    weekly: fc.array(fc.record({ days: fc.array(day, { minLength: 1, maxLength: 1 }), hours: span }), {
      minLength: 1,
      maxLength: 4,
    }),
    dates: date.chain((one) => fc.array(span, { maxLength: 1 }).map((hours) => [{ date: one, hours }])),
    permitted: fc.array(
      fc.record(
        { hours: span, days: fc.constantFrom('daily', 'sun'), from: date },
        { requiredKeys: ['hours'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);
const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Shanghai', 'Australia/Lord_Howe');

/** A schedule without overlaps, which files may not have; `null` for the others. */
function tryCreate(entry: ScheduleFile, timeZone: string): Schedule | null {
  const issues: string[] = [];
  const schedule = resolveSchedule(entry, timeZone, [], (_path, message) => issues.push(message));
  return issues.length === 0 ? schedule : null;
}

describe('any schedule', () => {
  const instant = fc
    .tuple(date, fc.integer({ min: -36 * 60, max: 60 * 60 }))
    .map(([text, minutes]) => (toDayNumber(text) as number) * dayMs + minutes * 60_000);

  test('says what the wall clock and the calendar say, and its bounds are where that changes', () => {
    fc.assert(
      fc.property(file, zone, instant, (entry, timeZone, atMs) => {
        const schedule = tryCreate(entry, timeZone);
        fc.pre(schedule !== null);
        const { hours, sinceMs, untilMs } = toRuleHours(schedule, atMs);
        const read = (ms: number): RuleHours => readSlowly(entry, timeZone, ms);
        expect(hours).toBe(read(atMs));
        if (sinceMs !== null) expect(read(sinceMs - 1)).not.toBe(hours);
        if (untilMs !== null) expect(read(untilMs)).not.toBe(hours);
        const from = Math.max(sinceMs ?? 0, atMs - 2 * dayMs);
        const to = Math.min(untilMs ?? Number.POSITIVE_INFINITY, atMs + 2 * dayMs);
        for (let ms = from; ms < to; ms += 15 * 60_000) expect(read(ms)).toBe(hours);
        expect(read(to - 1)).toBe(hours);
      }),
      { numRuns: 150 },
    );
  });

  test('answers the same whatever was asked before', () => {
    fc.assert(
      fc.property(
        file,
        zone,
        fc.array(instant, { minLength: 2, maxLength: 12 }),
        (entry, timeZone, instants) => {
          const schedule = tryCreate(entry, timeZone);
          fc.pre(schedule !== null);
          for (const atMs of instants)
            expect(toRuleHours(schedule, atMs)).toEqual(toRuleHours({ ...schedule }, atMs));
        },
      ),
      { numRuns: 100 },
    );
  });
});
