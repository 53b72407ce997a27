const offsetPattern = /(Z|[+-]\d{2}:\d{2})$/;

/** The city's date and time, so many milliseconds after the server gave its own. */
export function toServerClock(serverIso: string, sinceMs: number): { date: string; clock: string } | null {
  const offset = offsetPattern.exec(serverIso)?.[1];
  const atMs = Date.parse(serverIso);
  if (offset === undefined || Number.isNaN(atMs)) return null;
  const local = new Date(atMs + sinceMs + toOffsetMs(offset)).toISOString();
  return { date: local.slice(0, 10), clock: local.slice(11, 16) };
}

/** The minute that ends next on the server's clock, as it writes times. */
export function toNextMinute(serverIso: string): string {
  const next = toServerClock(serverIso, 60_000);
  return next === null
    ? serverIso
    : `${next.date}T${next.clock}:00${offsetPattern.exec(serverIso)?.[1] ?? ''}`;
}

function toOffsetMs(offset: string): number {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}
