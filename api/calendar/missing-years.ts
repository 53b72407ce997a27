import { sql } from 'kysely';
import { toLocalTime } from '../../domain/mod.ts';
import type { CalendarYear } from '../../platform/mod.ts';
import type { Database } from '../database/tables.ts';

/** No year has fewer days off by law; 2025 has brought two more. */
const leastDaysOff = 11;
/** The days of a year are published in the November before. */
const publishedIn = 11;

/** Years whose days off and make-up days are not entered, so that deadlines in them go by weekends alone. */
export async function listMissingYears(db: Database, timeZone: string, atMs: number): Promise<number[]> {
  const years = await listYears(db, timeZone, atMs);
  return years.filter(({ isMissing }) => isMissing).map(({ year }) => year);
}

/** The years that must be entered: this one, and from November on the next. A year that was begun and not finished is missing. */
export async function listYears(db: Database, timeZone: string, atMs: number): Promise<CalendarYear[]> {
  const { date } = toLocalTime(atMs, timeZone);
  const [year, month] = date.split('-').map(Number) as [number, number];
  const wanted = month >= publishedIn ? [year, year + 1] : [year];
  const { rows } = await sql<{ year: number }>`
    select left(date, 4)::int as year from calendar_day
    where kind = 'holiday' and date >= ${`${year}-01-01`} and date <= ${`${year + 1}-12-31`}
    group by 1 having count(*) >= ${leastDaysOff}`.execute(db);
  const known = rows.map((row) => row.year);
  return wanted.map((one) => ({ year: one, isMissing: !known.includes(one) }));
}
