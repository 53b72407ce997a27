const formatters = new Map<string, Intl.DateTimeFormat>();

/** Clocks have changed at full quarters of an hour, UTC, for as long as this program can see; before, they also did between. */
const quarterMs = 15 * 60_000;
const regularSinceMs = Date.UTC(1990, 0, 1);
const maxKnown = 2000;
/** Offsets by zone and quarter of an hour: formatting a page of times would else ask for the same one hundreds of times. */
const known = new Map<string, number>();

/** Offset of a time zone at an instant, milliseconds east of UTC. Throws RangeError for a zone that does not exist. */
export function toZoneOffsetMs(atMs: number, timeZone: string): number {
  if (!(atMs >= regularSinceMs)) return computeOffsetMs(atMs, timeZone);
  const key = `${Math.floor(atMs / quarterMs)} ${timeZone}`;
  let offsetMs = known.get(key);
  if (offsetMs !== undefined) return offsetMs;
  offsetMs = computeOffsetMs(atMs, timeZone);
  if (known.size >= maxKnown) known.clear();
  known.set(key, offsetMs);
  return offsetMs;
}

function computeOffsetMs(atMs: number, timeZone: string): number {
  const parts = new Map(
    findFormatter(timeZone)
      .formatToParts(atMs)
      .map((part) => [part.type, Number(part.value)]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const localAsUtcMs = Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  );
  return localAsUtcMs - Math.floor(atMs / 1000) * 1000;
}

/** Whether a time zone of this name exists. */
export function isTimeZone(name: string): boolean {
  try {
    findFormatter(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Local calendar date, `2020-12-03`, and milliseconds since its midnight. */
export function toLocalTime(
  atMs: number,
  timeZone: string,
): { readonly date: string; readonly ofDayMs: number } {
  const local = new Date(atMs + toZoneOffsetMs(atMs, timeZone)).toISOString();
  return { date: local.slice(0, 10), ofDayMs: Date.parse(`1970-01-01T${local.slice(11)}`) };
}

/** The instant of a local date and time of day; in the hour that a clock change skips, the instant after it. */
export function fromLocalTime(date: string, ofDayMs: number, timeZone: string): number {
  const asUtcMs = Date.parse(`${date}T00:00:00Z`) + ofDayMs;
  return asUtcMs - toZoneOffsetMs(asUtcMs - toZoneOffsetMs(asUtcMs, timeZone), timeZone);
}

/** ISO 8601 with offset, milliseconds kept only where there are any: `2020-12-03T09:10:00+08:00`. */
export function toZonedIso(atMs: number, timeZone: string): string {
  const offsetMs = toZoneOffsetMs(atMs, timeZone);
  const minutes = Math.abs(offsetMs) / 60_000;
  const local = new Date(atMs + offsetMs)
    .toISOString()
    .slice(0, -1)
    .replace(/\.000$/, '');
  return `${local}${offsetMs < 0 ? '-' : '+'}${pad(minutes / 60)}:${pad(minutes % 60)}`;
}

function pad(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

function findFormatter(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}
