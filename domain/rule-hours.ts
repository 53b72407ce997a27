import { findNextEdge, type LocalHours, toLocalHours } from './local-hours.ts';
import type { RuleHours, Schedule } from './schedule.ts';
import { toSteadyOffsetMs } from './zone-offsets.ts';

/** What a schedule says at an instant, and from when until when it says so. */
export interface HoursInterval {
  readonly hours: RuleHours;
  /** When this began; `null`: more than eight days ago, or never. */
  readonly sinceMs: number | null;
  /** When something else begins; `null`: more than eight days ahead, or never. */
  readonly untilMs: number | null;
  /** Why it is permitted, as the scene says; empty otherwise. */
  readonly reason: string;
}

const dayMs = 24 * 3_600_000;
const horizonMs = 8 * dayMs;
/** Looked further ahead than is told, so that an answer without an end stays good for a day. */
const lookAheadMs = horizonMs + dayMs;

const always: HoursInterval = { hours: 'in_force', sinceMs: null, untilMs: null, reason: '' };

/** An answer, and the instants at which it would be given again. */
interface Answer {
  readonly interval: HoursInterval;
  readonly goodFromMs: number;
  readonly goodUntilMs: number;
}

const lastAnswers = new WeakMap<Schedule, Answer>();

/**
 * Whether a rule with this schedule is in force at an instant. Exact to the millisecond, by the clock on the wall: where
 * clocks go back, hours that are shown twice hold twice; where they go forward, hours that are not shown do not come.
 * Spans that touch are one. Pure: the last answer of a schedule is kept only to save its computation, so that it may be
 * asked at each sample.
 */
export function toRuleHours(schedule: Schedule | null, atMs: number): HoursInterval {
  if (schedule === null) return always;
  const last = lastAnswers.get(schedule);
  if (last !== undefined && atMs >= last.goodFromMs && atMs < last.goodUntilMs) return last.interval;
  const answer = findAnswer(schedule, Math.floor(atMs));
  lastAnswers.set(schedule, answer);
  return answer.interval;
}

function findAnswer(schedule: Schedule, atMs: number): Answer {
  const now = readHours(schedule, atMs);
  const since = walk(schedule, atMs, -1, atMs - horizonMs, now);
  const until = walk(schedule, atMs, 1, atMs + lookAheadMs, now);
  const isNear = until.hoursMs !== null && until.hoursMs - atMs <= horizonMs;
  return {
    interval: {
      hours: now.hours,
      sinceMs: since.hoursMs,
      untilMs: isNear ? until.hoursMs : null,
      reason: now.reason,
    },
    goodFromMs: Math.max(
      since.hoursMs === null ? atMs : (since.reasonMs ?? atMs),
      isNear ? (until.hoursMs ?? atMs) - horizonMs : Number.NEGATIVE_INFINITY,
    ),
    goodUntilMs: Math.min(
      until.reasonMs ?? Number.POSITIVE_INFINITY,
      since.hoursMs === null ? Number.POSITIVE_INFINITY : since.hoursMs + horizonMs + 1,
      isNear ? Number.POSITIVE_INFINITY : (until.hoursMs ?? atMs + lookAheadMs) - horizonMs,
    ),
  };
}

function readHours(schedule: Schedule, atMs: number): LocalHours {
  return toLocalHours(schedule, atMs + toSteadyOffsetMs(atMs, schedule.timeZone));
}

interface Walk {
  /** The bound of the stretch with the same hours; `null`: beyond the limit. */
  readonly hoursMs: number | null;
  /** The bound of the stretch with the same reason as well. */
  readonly reasonMs: number | null;
}

/**
 * From an instant in a direction to where `now` begins or ends. Goes from edge to edge of the local days, and stops
 * where the zone's clocks change as well, since the wall shows another time there.
 */
function walk(schedule: Schedule, atMs: number, direction: 1 | -1, limitMs: number, now: LocalHours): Walk {
  const { timeZone } = schedule;
  let reasonMs: number | null = null;
  let at = atMs;
  for (;;) {
    // going back, what lies just before an instant decides
    const from = direction === 1 ? at : at - 1;
    if (at !== atMs || direction === -1) {
      const { hours, reason } = readHours(schedule, from);
      if (hours !== now.hours) return { hoursMs: at, reasonMs: reasonMs ?? at };
      if (reason !== now.reason) reasonMs ??= at;
    }
    const offsetMs = toSteadyOffsetMs(from, timeZone);
    const edgeMs = findNextEdge(schedule, from + offsetMs, direction) - offsetMs;
    at = findClockChange(from, edgeMs, timeZone, direction) ?? edgeMs;
    if (direction === 1 ? at > limitMs : at < limitMs) return { hoursMs: null, reasonMs };
  }
}

/** The first instant of another offset between two instants that lie less than a day or so apart; `null` when the clocks stay. */
function findClockChange(fromMs: number, toMs: number, timeZone: string, direction: 1 | -1): number | null {
  let [low, high] = direction === 1 ? [fromMs, toMs] : [toMs, fromMs];
  const lowOffset = toSteadyOffsetMs(low, timeZone);
  if (toSteadyOffsetMs(high, timeZone) === lowOffset) return null;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (toSteadyOffsetMs(middle, timeZone) === lowOffset) low = middle;
    else high = middle;
  }
  return high;
}
