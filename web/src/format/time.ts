/**
 * Times are shown on the clock of the place they happened, which is the offset the server writes into them,
 * and not on the clock of whoever looks. So the text is taken apart, never put through the browser's time zone.
 */
interface WallTime {
  readonly date: string;
  readonly clock: string;
  readonly offset: string;
}

const isoPattern = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** `11:42:10` */
export function formatClock(iso: string): string {
  return toWallTime(iso)?.clock ?? iso;
}

/** `03-01 11:42`, with the year in front when it is not the one of `nowMs`. */
export function formatMoment(iso: string, nowMs: number): string {
  const wall = toWallTime(iso);
  if (wall === null) return iso;
  const year = new Date(nowMs).getUTCFullYear().toString();
  const date = wall.date.startsWith(`${year}-`) ? wall.date.slice(5) : wall.date;
  return `${date} ${wall.clock.slice(0, 5)}`;
}

/** `2026-03-01 11:42:10 UTC+8` */
export function formatFull(iso: string): string {
  const wall = toWallTime(iso);
  return wall === null ? iso : `${wall.date} ${wall.clock} ${formatOffset(iso)}`;
}

/** `UTC+8`, `UTC+5:30`, `UTC` */
export function formatOffset(iso: string): string {
  const offset = toWallTime(iso)?.offset;
  if (offset === undefined) return '';
  if (offset === 'Z' || offset.slice(1) === '00:00') return 'UTC';
  const hours = Number(offset.slice(1, 3));
  const minutes = offset.slice(4, 6);
  return `UTC${offset.slice(0, 1)}${hours}${minutes === '00' ? '' : `:${minutes}`}`;
}

function toWallTime(iso: string): WallTime | null {
  const [, date, clock, offset] = isoPattern.exec(iso) ?? [];
  if (date === undefined || clock === undefined || offset === undefined) return null;
  return { date, clock, offset };
}
