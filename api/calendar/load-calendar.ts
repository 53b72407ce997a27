import { defaultWorkPeriods, type WorkCalendar } from '../../domain/mod.ts';
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
  const days = await db.selectFrom('calendar_day').select(['date', 'kind']).execute();
  const hours = await db
    .selectFrom('work_hours')
    .selectAll()
    .where('owner', 'in', [...unitIds.map((id) => id ?? defaultHoursOwner), defaultHoursOwner])
    .execute();
  const periods = new Map(hours.map((row) => [row.owner, row.periods]));
  const listDates = (kind: 'holiday' | 'make_up') =>
    new Set(days.filter((day) => day.kind === kind).map((day) => day.date));
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
