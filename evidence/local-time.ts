import { XunjieError } from '../domain/mod.ts';

/** Writes a moment as people at a place read it, with the offset that makes it unambiguous: `2026-03-05 08:53:07.120 +08:00`. */
export function formatLocalTime(atMs: number, timeZone: string): string {
  const parts = new Map(
    createFormat(timeZone)
      .formatToParts(atMs)
      .map((part) => [part.type, part.value]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  const offset = read('timeZoneName').replace('GMT', '') || '+00:00';
  const date = `${read('year')}-${read('month')}-${read('day')}`;
  return `${date} ${read('hour')}:${read('minute')}:${read('second')}.${read('fractionalSecond')} ${offset}`;
}

function createFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
  } catch (error) {
    throw new XunjieError('bad_argument', `"${timeZone}" is no time zone; write one such as Asia/Shanghai`, {
      cause: error,
    });
  }
}
