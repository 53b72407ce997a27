import { fromLocalTime } from '../domain/mod.ts';

const hourMs = 3_600_000;
/** Counts of seconds that stand for a time between 2000 and 2100: shorter and longer numbers are something else. */
const earliestS = 946_684_800;
const latestS = 4_102_444_800;

// Year to second with or without separators, a fraction or milliseconds, a zone.
const calendarPattern =
  /(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)[T_ .-]{0,3}(\d\d)([-:_.]?)(\d\d)\6(\d\d)(?:[.,](\d{1,6})|[-_]?(\d{3}))?(?!\d)(?: ?(Z|[+-](?:0\d|1[0-4]):?(?:00|30|45)|\+(?:0\d|1[0-4]))(?![\dA-Za-z]))?/g;
// The same as people and spreadsheets write it: 2024/1/3 9:05:07, 2024年1月3日 9时05分07秒.
const spokenPattern =
  /(?<!\d)((?:19|20)\d\d)(?:([-/.])(\d{1,2})\2(\d{1,2})[T_ ]|年(\d{1,2})月(\d{1,2})日)[T_ ]{0,3}(\d{1,2})(?:([-:.])(\d\d)\8(\d\d)|[时点](\d{1,2})分(\d{1,2})秒)(?!\d)/g;
const epochPattern = /(?<!\d)(\d{10})(?:(\d{3})(?:\d{3})?)?(?:\.(\d{1,6}))?(?!\d)/g;

/** What is understood, for who must rename. */
export const timeExamples = 'cam1_20241124_153012.jpg, 2024-11-24T15-30-12.500Z.png or 1732433412.jpg';

/** Finds the time in a text, milliseconds since the epoch; `null` when there is none. */
export interface TimeReader {
  (text: string): number | null;
}

/** A reader of times in file names and cells; those without a zone are in `timeZone`. */
export function createTimeReader(timeZone: string): TimeReader {
  const offsets = new Map<string, number>();
  /** Local time to UTC, asked once per hour: a change of clocks falls on a full hour (or half of one, which is asked apart). */
  const toUtcMs = (date: string, ofDayMs: number): number => {
    const slotMs = Math.floor(ofDayMs / (hourMs / 2)) * (hourMs / 2);
    const key = `${date} ${slotMs}`;
    let startMs = offsets.get(key);
    if (startMs === undefined) {
      startMs = fromLocalTime(date, slotMs, timeZone);
      offsets.set(key, startMs);
    }
    return startMs + ofDayMs - slotMs;
  };
  return (text) => findCalendarTime(writeInDigits(text), toUtcMs) ?? findEpochTime(text);
}

function writeInDigits(text: string): string {
  return text.replaceAll(spokenPattern, (...found: (string | undefined)[]) => {
    const [, year = '', , ...rest] = found;
    const [month, day, namedMonth, namedDay, hour, , minute, second, namedMinute, namedSecond] = rest;
    const pad = (part = ''): string => part.padStart(2, '0');
    const date = `${year}-${pad(month ?? namedMonth)}-${pad(day ?? namedDay)}`;
    return `${date} ${pad(hour)}:${pad(minute ?? namedMinute)}:${pad(second ?? namedSecond)}`;
  });
}

function findCalendarTime(text: string, toUtcMs: (date: string, ofDayMs: number) => number): number | null {
  for (const found of text.matchAll(calendarPattern)) {
    const [
      ,
      year = '',
      ,
      month = '',
      day = '',
      hour = '',
      ,
      minute = '',
      second = '',
      fraction,
      millis,
      zone,
    ] = found;
    const date = `${year}-${month}-${day}`;
    if (!isDate(date) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) continue;
    const digits = fraction ?? millis ?? '';
    const fractionMs = Math.floor(Number(digits.padEnd(3, '0').slice(0, 3)));
    const ofDayMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + fractionMs;
    if (zone === undefined) return toUtcMs(date, ofDayMs);
    return Date.parse(`${date}T00:00:00Z`) + ofDayMs - toOffsetMs(zone);
  }
  return null;
}

function findEpochTime(text: string): number | null {
  for (const [, seconds = '', millis = '', fraction = ''] of text.matchAll(epochPattern)) {
    if (Number(seconds) < earliestS || Number(seconds) > latestS) continue;
    return Number(seconds) * 1000 + Number((millis || fraction).padEnd(3, '0').slice(0, 3));
  }
  return null;
}

function isDate(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

function toOffsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const [, sign, hours, minutes = '0'] = /([+-])(\d\d):?(\d\d)?/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
