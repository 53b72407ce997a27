import { fromLocalTime, parseDuration, toLocalTime, XunjieError } from '../../domain/mod.ts';

const local = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?$/;
const withOffset = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2})$/i;

export interface TimeContext {
  /** Argument that it was given with, for messages. */
  readonly option: string;
  /** Zone of times without an offset. */
  readonly timeZone: string;
  /** What `now` and `-7d` count from. */
  readonly nowMs: number;
}

/**
 * An instant as people write it: `2026-11-20T08:00+08:00`, `2026-11-20 08:00` in the given zone, `2026-11-20` for its midnight, `now`,
 * or so long ago: `-7d`, `-1h30m`. Throws `bad_argument`.
 */
export function parseTime(text: string, { option, timeZone, nowMs }: TimeContext): number {
  const trimmed = text.trim();
  if (trimmed === 'now') return nowMs;
  if (trimmed.startsWith('-')) {
    const agoMs = parseDuration(trimmed.slice(1));
    if (agoMs !== null) return nowMs - agoMs;
  }
  if (withOffset.test(trimmed)) {
    const ms = Date.parse(trimmed.replace(' ', 'T'));
    if (Number.isFinite(ms)) return ms;
  }
  const [, date, hour = '0', minute = '0', second = '0', fraction = '0'] = local.exec(trimmed) ?? [];
  if (date !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60) {
    const ofDayMs =
      ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + Number(fraction.padEnd(3, '0'));
    const ms = Number.isFinite(Date.parse(`${date}T00:00:00Z`))
      ? fromLocalTime(date, ofDayMs, timeZone)
      : Number.NaN;
    // The 31st of a month of 30 days is no day, although it can be counted to; the hour that a clock change skips is.
    if (Number.isFinite(ms) && isDay(date)) return ms;
  }
  throw new XunjieError(
    'bad_argument',
    `${option}: "${text}" is no time; write 2026-11-20T08:00+08:00, "2026-11-20 08:00" (${timeZone}), now, or -7d`,
  );
}

function isDay(date: string): boolean {
  return toLocalTime(Date.parse(`${date}T00:00:00Z`), 'UTC').date === date;
}
