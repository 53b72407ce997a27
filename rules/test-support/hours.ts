import { type DaySpan, type Schedule, weekdays } from '../../domain/mod.ts';
import { epochMs } from './street.ts';

const dayMs = 86_400_000;

/** In force, each day, between two seconds of the film. */
export function toSchedule(
  inForce: readonly [fromS: number, toS: number] | null,
  permitted: readonly (readonly [fromS: number, toS: number])[] = [],
): Schedule {
  return {
    timeZone: 'UTC',
    weekly: inForce === null ? null : [{ days: weekdays, spans: [toSpan(inForce)] }],
    dates: [],
    permitted: permitted.map((span) => ({
      days: weekdays,
      spans: [toSpan(span)],
      from: null,
      to: null,
      reason: 'night market',
    })),
  };
}

function toSpan([fromS, toS]: readonly [number, number]): DaySpan {
  const midnightMs = Math.floor(epochMs / dayMs) * dayMs;
  return { fromMs: epochMs - midnightMs + fromS * 1000, toMs: epochMs - midnightMs + toS * 1000 };
}
