import { dayMs, toDateText, toSpanEndMs, toWeekday } from './day-text.ts';
import type { DaySpan, RuleHours, Schedule } from './schedule.ts';

/** What a schedule says at a local time. */
export interface LocalHours {
  readonly hours: RuleHours;
  /** Why it is permitted; empty otherwise. */
  readonly reason: string;
}

/**
 * `localMs` is what the clock on the wall shows, as if it were UTC: milliseconds since 1970-01-01 00:00 of that clock.
 * A span belongs to the day on which it begins: that day's entry decides it, also past midnight. A window permits only
 * while the rule would be in force.
 */
export function toLocalHours(schedule: Schedule, localMs: number): LocalHours {
  if (!isInForce(schedule, localMs)) return { hours: 'off', reason: '' };
  const window = schedule.permitted.find(({ days, spans, from, to }) =>
    isWithin(localMs, (day) => {
      const date = toDateText(day);
      const holds = (from === null || date >= from) && (to === null || date <= to);
      return holds && days.includes(toWeekday(day)) ? spans : [];
    }),
  );
  return window === undefined
    ? { hours: 'in_force', reason: '' }
    : { hours: 'permitted', reason: window.reason };
}

/**
 * The first local time after `localMs` (the last one at or before it, for `direction` -1) at which something may change:
 * a span begins or ends there, or a day does.
 */
export function findNextEdge(schedule: Schedule, localMs: number, direction: 1 | -1): number {
  const day = Math.floor(localMs / dayMs);
  const edges = [day * dayMs, (day + 1) * dayMs];
  for (const begun of [day - 1, day])
    for (const span of listSpans(schedule, begun))
      edges.push(begun * dayMs + span.fromMs, begun * dayMs + toSpanEndMs(span));
  return direction === 1
    ? Math.min(...edges.filter((edge) => edge > localMs))
    : Math.max(...edges.filter((edge) => edge <= localMs));
}

function isInForce(schedule: Schedule, localMs: number): boolean {
  return isWithin(localMs, (day) => listForceSpans(schedule, day));
}

const wholeDay: readonly DaySpan[] = [{ fromMs: 0, toMs: dayMs }];

function listForceSpans({ weekly, dates }: Schedule, day: number): readonly DaySpan[] {
  if (dates.length > 0) {
    const date = toDateText(day);
    const own = dates.find(({ from, to }) => from <= date && date <= to);
    if (own !== undefined) return own.spans;
  }
  if (weekly === null) return wholeDay;
  const weekday = toWeekday(day);
  return weekly.flatMap(({ days, spans }) => (days.includes(weekday) ? spans : []));
}

/** Spans of whatever kind that begin on a day or may. */
function listSpans(schedule: Schedule, day: number): readonly DaySpan[] {
  return [...listForceSpans(schedule, day), ...schedule.permitted.flatMap(({ spans }) => spans)];
}

function isWithin(localMs: number, listSpansOf: (day: number) => readonly DaySpan[]): boolean {
  const day = Math.floor(localMs / dayMs);
  return [day, day - 1].some((begun) => {
    const ofDayMs = localMs - begun * dayMs;
    return listSpansOf(begun).some((span) => span.fromMs <= ofDayMs && ofDayMs < toSpanEndMs(span));
  });
}
