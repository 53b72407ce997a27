import {
  addLimit,
  addWorkTime,
  countWorkTime,
  type Limit,
  type LimitUnit,
  type WorkCalendar,
} from './work-time.ts';

/** A limit that runs: from when it counts to when it runs out, milliseconds since the epoch. */
export interface RunningLimit {
  readonly fromMs: number;
  readonly deadlineMs: number;
  readonly unit: LimitUnit;
}

/** Traffic light of a limit: up to 80 % of it used is green, up to all of it yellow, beyond red. */
export const lights = ['green', 'yellow', 'red'] as const;
export type Light = (typeof lights)[number];
const yellowShare = 0.8;

/**
 * The limit after a pause (挂账): both ends move by the time that its own clock counted in the pause, so that what had been
 * used stays used and what was left is left. A limit that had run out before the pause stays as it was. A limit in working
 * days moves by whole working days to the same time of day, and by the rest of work time.
 */
export function shiftForPause(
  limit: RunningLimit,
  pause: { readonly fromMs: number; readonly toMs: number },
  calendar: WorkCalendar,
): RunningLimit {
  if (limit.deadlineMs <= pause.fromMs || pause.toMs <= pause.fromMs) return limit;
  const move = findMove(limit.unit, pause, calendar);
  return { ...limit, fromMs: move(limit.fromMs), deadlineMs: move(limit.deadlineMs) };
}

/** The deadline after an extension (延期): one more of the original limit, counted from the deadline, not from now. */
export function extendDeadline(deadlineMs: number, limit: Limit, calendar: WorkCalendar): number {
  return addLimit(deadlineMs, limit, calendar);
}

/** When this share of a limit has been used, by the limit's own clock: 0.8 warns, 1 is the deadline, 1.5 half as much again. */
export function toShareInstant(limit: RunningLimit, share: number, calendar: WorkCalendar): number {
  const { fromMs, deadlineMs, unit } = limit;
  if (share === 1) return deadlineMs;
  if (!isWorkClock(unit)) return fromMs + share * (deadlineMs - fromMs);
  const workMs = countWorkTime(fromMs, deadlineMs, calendar);
  return share < 1
    ? addWorkTime(fromMs, share * workMs, calendar)
    : addWorkTime(deadlineMs, (share - 1) * workMs, calendar);
}

export function toLight(limit: RunningLimit, nowMs: number, calendar: WorkCalendar): Light {
  if (nowMs > limit.deadlineMs) return 'red';
  return nowMs > toShareInstant(limit, yellowShare, calendar) ? 'yellow' : 'green';
}

function isWorkClock(unit: LimitUnit): boolean {
  return unit === 'work_hour' || unit === 'work_day';
}

function findMove(
  unit: LimitUnit,
  pause: { readonly fromMs: number; readonly toMs: number },
  calendar: WorkCalendar,
): (atMs: number) => number {
  if (!isWorkClock(unit)) return (atMs) => atMs + pause.toMs - pause.fromMs;
  const lostMs = countWorkTime(pause.fromMs, pause.toMs, calendar);
  if (unit === 'work_hour') return (atMs) => addWorkTime(atMs, lostMs, calendar);
  const workDayMs = calendar.periods.reduce(
    (sum, { fromMinute, toMinute }) => sum + (toMinute - fromMinute) * 60_000,
    0,
  );
  const days = Math.floor(lostMs / workDayMs);
  return (atMs) =>
    addWorkTime(
      days === 0 ? atMs : addLimit(atMs, { value: days, unit }, calendar),
      lostMs - days * workDayMs,
      calendar,
    );
}
