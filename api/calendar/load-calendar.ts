import { type RawBuilder, sql } from 'kysely';
import { defaultWorkPeriods, type WorkCalendar, type WorkPeriod } from '../../domain/mod.ts';
import { prepared } from '../database/prepared.ts';
import type { Database } from '../database/tables.ts';
import { publicHolidays } from './public-holidays.ts';

/** Whose hours hold for everybody who has none of their own. */
export const defaultHoursOwner = 'default';
/** Whose hours are those of the collectors, with their noon break. */
export const collectorHoursOwner = 'collectors';

/** The work calendar as the database has it now, with a unit's own hours where it has some. */
export async function loadCalendar(
  db: Database,
  timeZone: string,
  unitId: string | null,
): Promise<WorkCalendar> {
  const calendars = await loadCalendars(db, timeZone, [unitId]);
  return calendars.get(unitId) as WorkCalendar;
}

/** The same for several units at once, each of which is in the answer. */
export async function loadCalendars(
  db: Database,
  timeZone: string,
  unitIds: readonly (string | null)[],
): Promise<ReadonlyMap<string | null, WorkCalendar>> {
  const owners = unitIds.map((id) => id ?? defaultHoursOwner);
  const { facts } = await db
    .selectNoFrom(selectCalendarFacts(sql`${[...owners, defaultHoursOwner]}::text[]`).as('facts'))
    .modifyFront(prepared)
    .executeTakeFirstOrThrow();
  return toCalendars(facts, timeZone, unitIds);
}

/** What the database knows of work time, as a column of a statement that asks for other things too. */
export interface CalendarFacts {
  readonly days: readonly (readonly [date: string, kind: 'holiday' | 'make_up'])[];
  readonly hours: Readonly<Record<string, readonly WorkPeriod[]>>;
}

/** `owners`: an array of whose hours to read, the default's among them. */
export function selectCalendarFacts(owners: RawBuilder<unknown>) {
  return sql<CalendarFacts>`json_build_object(
    'days', (select coalesce(json_agg(json_build_array(date, kind)), '[]') from calendar_day),
    'hours', (select coalesce(json_object_agg(owner, periods), '{}') from work_hours where owner = any(${owners})))`;
}

export function toCalendars(
  { days, hours }: CalendarFacts,
  timeZone: string,
  unitIds: readonly (string | null)[],
): ReadonlyMap<string | null, WorkCalendar> {
  const periods = new Map(Object.entries(hours));
  const listDates = (wanted: 'holiday' | 'make_up') =>
    new Set(days.filter(([, kind]) => kind === wanted).map(([date]) => date));
  const shared = { timeZone, holidays: listDates('holiday'), makeUpDays: listDates('make_up') };
  const usual = periods.get(defaultHoursOwner) ?? defaultWorkPeriods;
  return new Map(
    unitIds.map((id) => [id, { ...shared, periods: periods.get(id ?? defaultHoursOwner) ?? usual }]),
  );
}

/** Adds the published days that are not there yet; days that somebody has edited stay as they are. */
export async function addPublicHolidays(db: Database): Promise<void> {
  await db
    .insertInto('calendar_day')
    .values([...publicHolidays])
    .onConflict((conflict) => conflict.column('date').doNothing())
    .execute();
}
