import { type DaySpan, type Weekday, weekdays } from './schedule.ts';

const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

/** Reads `daily`, `mon-fri`, `sat, sun` or a list of these, as scene files write them; Monday first, each day once. */
export function parseDays(text: string | readonly string[] | undefined): Weekday[] {
  const found = new Set<Weekday>();
  for (const part of [text ?? 'daily'].flat().flatMap((entry) => entry.split(','))) {
    if (part.trim() === 'daily') return [...weekdays];
    const [first, last = first] = part.split('-').map((name) => weekdays.indexOf(name.trim() as Weekday));
    if (first === undefined || last === undefined || first < 0 || last < 0) continue;
    for (let index = first; ; index = (index + 1) % 7) {
      found.add(weekdays[index] as Weekday);
      if (index === last) break;
    }
  }
  return weekdays.filter((day) => found.has(day));
}

/** Reads `07:00-19:00`. */
export function parseDaySpan(text: string): DaySpan {
  const [from = Number.NaN, to = Number.NaN] = text.split('-').map((time) => {
    const [hours, minutes] = time.trim().split(':').map(Number);
    return ((hours ?? Number.NaN) * 60 + (minutes ?? Number.NaN)) * minuteMs;
  });
  return { fromMs: from, toMs: to };
}

/** Writes a span as scene files do: `22:00-02:00`. */
export function formatDaySpan({ fromMs, toMs }: DaySpan): string {
  return `${formatTime(fromMs)}-${formatTime(toMs)}`;
}

/** Writes days as scene files do: `daily`, `mon-fri`, `sat-mon, wed`. */
export function formatDays(days: readonly Weekday[]): string {
  if (days.length === 7) return 'daily';
  const isOn = weekdays.map((day) => days.includes(day));
  const parts: string[] = [];
  for (let first = 0; first < 7; first++) {
    if (!isOn[first] || isOn[(first + 6) % 7]) continue;
    let last = first;
    while (isOn[(last + 1) % 7]) last = (last + 1) % 7;
    const names = [weekdays[first], weekdays[last]];
    const isPair = (first + 1) % 7 === last;
    parts.push(first === last ? String(names[0]) : names.join(isPair ? ', ' : '-'));
  }
  return parts.join(', ');
}

/** When a span ends, milliseconds since the midnight its day begins with; beyond 24 h for one that runs into the next day. */
export function toSpanEndMs({ fromMs, toMs }: DaySpan): number {
  return toMs > fromMs ? toMs : toMs + dayMs;
}

/** Days since 1970-01-01 of a calendar date; `null` for one that does not exist. */
export function toDayNumber(date: string): number | null {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(ms) || toDateText(ms / dayMs) !== date ? null : ms / dayMs;
}

/** The inverse of `toDayNumber`. */
export function toDateText(dayNumber: number): string {
  return new Date(dayNumber * dayMs).toISOString().slice(0, 10);
}

/** 1970-01-01 was a Thursday. */
export function toWeekday(dayNumber: number): Weekday {
  return weekdays[(((dayNumber + 3) % 7) + 7) % 7] as Weekday;
}

function formatTime(ofDayMs: number): string {
  const minutes = Math.round(ofDayMs / minuteMs);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
