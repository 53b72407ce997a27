/** Day and time of day in UTC, to the second. */
export function toClock(ms: number): [day: string, time: string] {
  const iso = new Date(ms).toISOString();
  return [iso.slice(0, 10), iso.slice(11, 19)];
}

/** `2026-01-09 11:42:10 UTC`. */
export function formatInstant(ms: number): string {
  return `${toClock(ms).join(' ')} UTC`;
}

export function formatSpan(fromMs: number, toMs: number): string {
  const [fromDay, from] = toClock(fromMs);
  const [toDay, to] = toClock(toMs);
  return fromDay === toDay ? `${fromDay} ${from}-${to}` : `${fromDay} ${from} - ${toDay} ${to}`;
}
