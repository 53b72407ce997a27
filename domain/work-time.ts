import { XunjieError } from './errors.ts';
import { fromLocalTime, toLocalTime } from './zoned-time.ts';

/** The four clocks of case deadlines: 紧急工作时, 自然日 (紧急工作日), 工作时, 工作日. */
export const limitUnits = ['urgent_hour', 'natural_day', 'work_hour', 'work_day'] as const;
export type LimitUnit = (typeof limitUnits)[number];

export interface Limit {
  readonly value: number;
  readonly unit: LimitUnit;
}

/** Minutes since local midnight; the end is not part of it. */
export interface WorkPeriod {
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface WorkCalendar {
  readonly timeZone: string;
  /** Of every working day, in order, not overlapping. */
  readonly periods: readonly WorkPeriod[];
  /** Local dates, `2020-10-01`, on which nobody works although the weekday says so. */
  readonly holidays: ReadonlySet<string>;
  /** 调休: local dates of a weekend on which people do work. */
  readonly makeUpDays: ReadonlySet<string>;
}

/** 08:00-12:00 and 13:30-17:30. */
export const defaultWorkPeriods: readonly WorkPeriod[] = [
  { fromMinute: 8 * 60, toMinute: 12 * 60 },
  { fromMinute: 13 * 60 + 30, toMinute: 17 * 60 + 30 },
];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const horizonDays = 3660;

/**
 * When a limit that starts now runs out, milliseconds since the epoch.
 * `urgent_hour` and `natural_day` run on through nights and holidays; `work_hour` counts only inside work periods;
 * n `work_day` is the same time of day n working days later. A start outside work time counts from the next work start.
 */
export function addLimit(startMs: number, limit: Limit, calendar: WorkCalendar): number {
  const { value, unit } = limit;
  if (!Number.isFinite(value) || value <= 0)
    throw new XunjieError('bad_argument', `a limit of ${value} ${unit} is no time`);
  return clocks[unit](startMs, value, calendar);
}

const clocks: Readonly<
  Record<LimitUnit, (startMs: number, value: number, calendar: WorkCalendar) => number>
> = {
  urgent_hour: (startMs, value) => startMs + value * hourMs,
  natural_day: (startMs, value) => startMs + value * dayMs,
  work_hour: (startMs, value, calendar) => addWorkTime(startMs, value * hourMs, calendar),
  work_day: addWorkDays,
};

export function isWorkDay(date: string, calendar: WorkCalendar): boolean {
  if (calendar.holidays.has(date)) return false;
  if (calendar.makeUpDays.has(date)) return true;
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/** The instant at which this much work time has passed; none passed: the start itself. */
export function addWorkTime(startMs: number, workMs: number, calendar: WorkCalendar): number {
  if (workMs <= 0) return startMs;
  let leftMs = workMs;
  for (const span of listWorkSpans(startMs, calendar)) {
    const availableMs = span.toMs - span.fromMs;
    if (leftMs <= availableMs) return span.fromMs + leftMs;
    leftMs -= availableMs;
  }
  throw noWorkTime(startMs, calendar);
}

/** Work time between two instants, milliseconds; 0 when the second is not later. */
export function countWorkTime(fromMs: number, toMs: number, calendar: WorkCalendar): number {
  let workMs = 0;
  for (const span of listWorkSpans(fromMs, calendar)) {
    if (span.fromMs >= toMs) return workMs;
    workMs += Math.min(span.toMs, toMs) - span.fromMs;
  }
  throw noWorkTime(fromMs, calendar);
}

function addWorkDays(startMs: number, days: number, calendar: WorkCalendar): number {
  if (!Number.isInteger(days))
    throw new XunjieError('bad_argument', `a limit of ${days} work_day is not a whole number of days`);
  const first = listWorkSpans(startMs, calendar).next();
  if (first.done) throw noWorkTime(startMs, calendar);
  const begin = toLocalTime(first.value.fromMs, calendar.timeZone);
  let leftDays = days;
  for (const date of listDates(begin.date)) {
    if (date === begin.date || !isWorkDay(date, calendar)) continue;
    leftDays -= 1;
    if (leftDays === 0) return fromLocalTime(date, begin.ofDayMs, calendar.timeZone);
  }
  throw noWorkTime(startMs, calendar);
}

/** Stretches of work time from an instant on, the first one cut at it. */
function* listWorkSpans(
  startMs: number,
  calendar: WorkCalendar,
): Generator<{ fromMs: number; toMs: number }> {
  for (const date of listDates(toLocalTime(startMs, calendar.timeZone).date)) {
    if (!isWorkDay(date, calendar)) continue;
    for (const period of calendar.periods) {
      const toMs = fromLocalTime(date, period.toMinute * minuteMs, calendar.timeZone);
      if (toMs <= startMs) continue;
      const fromMs = fromLocalTime(date, period.fromMinute * minuteMs, calendar.timeZone);
      yield { fromMs: Math.max(fromMs, startMs), toMs };
    }
  }
}

function* listDates(first: string): Generator<string> {
  const firstMs = Date.parse(`${first}T00:00:00Z`);
  for (let day = 0; day < horizonDays; day++)
    yield new Date(firstMs + day * dayMs).toISOString().slice(0, 10);
}

function noWorkTime(startMs: number, calendar: WorkCalendar): XunjieError {
  const { date } = toLocalTime(startMs, calendar.timeZone);
  return new XunjieError(
    'bad_config',
    `the work calendar has too little work time in the ${horizonDays} days after ${date}`,
  );
}
