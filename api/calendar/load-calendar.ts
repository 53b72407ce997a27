import { defaultWorkPeriods, type WorkCalendar } from '../../domain/mod.ts';
import type { Database } from '../database/tables.ts';
import { publicHolidays } from './public-holidays.ts';

/** Whose hours hold for everybody who has none of their own. */
export const defaultHoursOwner = 'default';

/** The work calendar as the database has it now, with a unit's own hours where it has some. */
export async function loadCalendar(
  db: Database,
  timeZone: string,
  unitId: string | null,
): Promise<WorkCalendar> {
  const days = await db.selectFrom('calendar_day').select(['date', 'kind']).execute();
  const hours = await db
    .selectFrom('work_hours')
    .selectAll()
    .where('owner', 'in', [unitId ?? defaultHoursOwner, defaultHoursOwner])
    .execute();
  const own =
    hours.find(({ owner }) => owner === unitId) ?? hours.find((row) => row.owner === defaultHoursOwner);
  const listDates = (kind: 'holiday' | 'make_up') =>
    new Set(days.filter((day) => day.kind === kind).map((day) => day.date));
  return {
    timeZone,
    periods: own?.periods ?? defaultWorkPeriods,
    holidays: listDates('holiday'),
    makeUpDays: listDates('make_up'),
  };
}

/** Adds the published days that are not there yet; days that somebody has edited stay as they are. */
export async function addPublicHolidays(db: Database): Promise<void> {
  await db
    .insertInto('calendar_day')
    .values([...publicHolidays])
    .onConflict((conflict) => conflict.column('date').doNothing())
    .execute();
}
