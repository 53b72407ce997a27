import { toZoneOffsetMs } from './zoned-time.ts';

const dayMs = 24 * 3_600_000;
/** Days kept per zone; a camera's rules look at three weeks. */
const maxDays = 64;

/** Offsets of days (UTC) on which the clocks of a zone do not change. */
const steadyDays = new Map<string, Map<number, number>>();

/**
 * As `toZoneOffsetMs` (which takes microseconds, too long for what is asked at each step of a search), from the days asked
 * before. No zone changes its clocks twice within a day, so a day whose ends have one offset has that offset throughout.
 */
export function toSteadyOffsetMs(atMs: number, timeZone: string): number {
  const day = Math.floor(atMs / dayMs);
  let days = steadyDays.get(timeZone);
  if (days === undefined) {
    days = new Map();
    steadyDays.set(timeZone, days);
  }
  const known = days.get(day);
  if (known !== undefined) return known;
  const offsetMs = toZoneOffsetMs(day * dayMs, timeZone);
  if (toZoneOffsetMs((day + 1) * dayMs - 1, timeZone) !== offsetMs) return toZoneOffsetMs(atMs, timeZone);
  if (days.size >= maxDays) days.clear();
  days.set(day, offsetMs);
  return offsetMs;
}
