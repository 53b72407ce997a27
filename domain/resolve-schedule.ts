import { dayMs, formatDaySpan, parseDaySpan, parseDays, toDayNumber, toSpanEndMs } from './day-text.ts';
import {
  type DateHours,
  type DaySpan,
  type PermittedWindow,
  type Schedule,
  type WeeklyHours,
  weekdays,
} from './schedule.ts';
import type { ScheduleFile } from './schedule-file.ts';
import type { SchemaIssue } from './schema-issue.ts';
import { isTimeZone } from './zoned-time.ts';

type Path = SchemaIssue['path'];
type Report = (path: Path, message: string) => void;

/**
 * The schedule that a scene file describes; `null` when it holds always. What cannot be meant (a date that does not
 * exist, an empty span, hours that overlap) is reported with its path below `path`.
 */
export function resolveSchedule(
  file: ScheduleFile | undefined,
  sceneTimeZone: string,
  path: Path,
  report: Report,
): Schedule | null {
  if (file === undefined) return null;
  const timeZone = file.timeZone ?? sceneTimeZone;
  if (file.timeZone !== undefined && !isTimeZone(file.timeZone))
    report([...path, 'timeZone'], describeUnknownZone(file.timeZone));
  const weekly = (file.weekly ?? []).map((entry, index): WeeklyHours => {
    const spans = resolveSpans(entry.hours, [...path, 'weekly', index, 'hours'], report);
    return { days: parseDays(entry.days), spans };
  });
  reportWeeklyOverlap(weekly, [...path, 'weekly'], report);
  const dates = (file.dates ?? []).map((entry, index): DateHours => {
    const at = [...path, 'dates', index];
    reportDates(entry.date, entry.to, at, 'date', report);
    return {
      from: entry.date,
      to: entry.to ?? entry.date,
      spans: resolveSpans(entry.hours, [...at, 'hours'], report),
    };
  });
  reportSharedDates(dates, [...path, 'dates'], report);
  const permitted = (file.permitted ?? []).map((entry, index): PermittedWindow => {
    const at = [...path, 'permitted', index];
    reportDates(entry.from, entry.to, at, 'from', report);
    return {
      days: parseDays(entry.days),
      spans: resolveSpans(entry.hours, [...at, 'hours'], report),
      from: entry.from ?? null,
      to: entry.to ?? null,
      reason: entry.reason ?? '',
    };
  });
  if (file.weekly === undefined && dates.length === 0 && permitted.length === 0) return null;
  return { timeZone, weekly: file.weekly === undefined ? null : weekly, dates, permitted };
}

export function describeUnknownZone(timeZone: string): string {
  return `no time zone is called "${timeZone}"; right would be an IANA name such as Asia/Shanghai`;
}

function resolveSpans(hours: string | readonly string[], path: Path, report: Report): DaySpan[] {
  const texts = [hours].flat();
  const spans = texts.map(parseDaySpan);
  const toPath = (index: number): Path => (typeof hours === 'string' ? path : [...path, index]);
  for (const [index, span] of spans.entries()) {
    if (span.fromMs === span.toMs)
      report(toPath(index), `${texts[index]} is empty; the whole day is written 00:00-24:00`);
    const other = spans.slice(0, index).find((earlier) => isOverlapping(span, earlier));
    if (other !== undefined && span.fromMs !== span.toMs)
      report(
        toPath(index),
        `${texts[index]} overlaps ${formatDaySpan(other)}; write one span in place of both`,
      );
  }
  return spans.filter(({ fromMs, toMs }) => fromMs !== toMs);
}

/** Both begin on one day; either may run into the next. */
function isOverlapping(a: DaySpan, b: DaySpan): boolean {
  return a.fromMs < toSpanEndMs(b) && b.fromMs < toSpanEndMs(a);
}

/** Entries that say different things about one day, or of which one runs into the hours of the next day. */
function reportWeeklyOverlap(weekly: readonly WeeklyHours[], path: Path, report: Report): void {
  const weekMs = 7 * dayMs;
  const placed = weekly.flatMap(({ days, spans }, entry) =>
    days.flatMap((day) =>
      spans.map((span) => ({
        entry,
        day,
        span,
        fromMs: weekdays.indexOf(day) * dayMs + span.fromMs,
        toMs: weekdays.indexOf(day) * dayMs + toSpanEndMs(span),
      })),
    ),
  );
  const reported = new Set<string>();
  for (const [index, one] of placed.entries()) {
    for (const other of placed.slice(0, index)) {
      const isOver = [-weekMs, 0, weekMs].some(
        (shiftMs) => one.fromMs + shiftMs < other.toMs && other.fromMs < one.toMs + shiftMs,
      );
      // within one day of one entry it has been said
      if (!isOver || (one.entry === other.entry && one.day === other.day)) continue;
      const key = `${one.entry}/${other.entry}`;
      if (reported.has(key)) continue;
      reported.add(key);
      report(
        [...path, one.entry, 'hours'],
        `${formatDaySpan(one.span)} of ${one.day} overlaps ${formatDaySpan(other.span)} of ${other.day}${one.entry === other.entry ? '' : ` in entry ${other.entry + 1}`}; an hour may be named only once`,
      );
    }
  }
}

function reportDates(
  from: string | undefined,
  to: string | undefined,
  path: Path,
  fromField: 'date' | 'from',
  report: Report,
): void {
  const first = reportDate(from, [...path, fromField], report);
  const last = reportDate(to, [...path, 'to'], report);
  if (first !== null && last !== null && last < first)
    report([...path, 'to'], `${to} lies before ${from}; the last date comes no earlier than the first`);
}

function reportDate(date: string | undefined, path: Path, report: Report): number | null {
  if (date === undefined) return null;
  const day = toDayNumber(date);
  if (day === null) report(path, `${date} does not exist in the calendar; a date is written 2026-10-01`);
  return day;
}

function reportSharedDates(dates: readonly DateHours[], path: Path, report: Report): void {
  for (const [index, one] of dates.entries()) {
    const other = dates.slice(0, index).findIndex(({ from, to }) => one.from <= to && from <= one.to);
    if (other < 0) continue;
    const shared = [one.from, dates[other]?.from ?? ''].toSorted()[1];
    report(
      [...path, index, 'date'],
      `${shared} is in entry ${other + 1} already; a date may be named only once`,
    );
  }
}
