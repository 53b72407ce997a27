/** Periods that people ask for, all in whole days of the city's clock. */
export const periods = ['today', 'week', 'month', 'last_month', 'custom'] as const;
export type PeriodName = (typeof periods)[number];

/** Local dates; `to` is not part of it. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** A named period around `today`, `2026-12-01`; weeks begin on Monday. */
export function toPeriod(name: Exclude<PeriodName, 'custom'>, today: string): Period {
  const tomorrow = addDays(today, 1);
  const month = `${today.slice(0, 7)}-01`;
  switch (name) {
    case 'today':
      return { from: today, to: tomorrow };
    case 'week':
      return { from: addDays(today, -toDaysSinceMonday(today)), to: tomorrow };
    case 'month':
      return { from: month, to: tomorrow };
    case 'last_month':
      return { from: `${addDays(month, -1).slice(0, 7)}-01`, to: month };
    default:
      return name satisfies never;
  }
}

/** Both days belong to it, as people mean it; `null` where a date is missing or they stand the wrong way round. */
export function toCustomPeriod(first: string, last: string): Period | null {
  if (!isDate(first) || !isDate(last) || first > last) return null;
  return { from: first, to: addDays(last, 1) };
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}

function toDaysSinceMonday(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}
