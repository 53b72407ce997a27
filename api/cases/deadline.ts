import { sql } from 'kysely';
import { addLimit, type CaseState, defaultStageLimits, type Limit, XunjieError } from '../../domain/mod.ts';
import {
  type CalendarFacts,
  collectorHoursOwner,
  defaultHoursOwner,
  loadCalendar,
  selectCalendarFacts,
  toCalendars,
} from '../calendar/load-calendar.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, Row } from '../database/tables.ts';

type Clocked = Pick<Row<'case_file'>, 'deadline' | 'disposed_at' | 'ended_at' | 'suspended_at'>;

/**
 * The clock of disposal starts at dispatch and stops at the unit's reply, or when the case ends without one; while a case is
 * suspended it stands still, also where its end comes meanwhile.
 */
export function isOverdue(row: Clocked, nowMs: number): boolean {
  if (row.deadline === null) return false;
  return toClockMs(row, nowMs) > row.deadline.getTime();
}

/** What the disposal clock shows: when it stopped, else now. */
export function toClockMs(row: Clocked, nowMs: number): number {
  return (row.disposed_at ?? row.suspended_at ?? row.ended_at)?.getTime() ?? nowMs;
}

/** The limit that a case was filed under. */
export async function findLimit(db: Database, file: Row<'case_file'>): Promise<Limit> {
  if (file.limit_value !== null && file.limit_unit !== null)
    return { value: file.limit_value, unit: file.limit_unit };
  const standard = await db
    .selectFrom('standard')
    .select(['limit_value', 'limit_unit'])
    .where('id', '=', file.standard_id ?? '')
    .executeTakeFirst();
  if (standard === undefined)
    throw new XunjieError('internal', `case ${file.case_no} is filed without a standard`);
  return { value: standard.limit_value, unit: standard.limit_unit };
}

/** A disposal clock that starts now, by the hours of the unit that has to reply. */
export async function startClock(
  context: ConsoleContext,
  db: Database,
  file: Row<'case_file'>,
  unitId: string,
  atMs: number,
): Promise<Pick<Row<'case_file'>, 'deadline' | 'clock_from' | 'escalated_percent'>> {
  const limit = await findLimit(db, file);
  const calendar = await loadCalendar(db, context.timeZone, unitId);
  return {
    clock_from: new Date(atMs),
    deadline: new Date(addLimit(atMs, limit, calendar)),
    escalated_percent: 0,
  };
}

/** Stages in which a collector is waited for: by the collectors' hours. */
const collectorStages: readonly CaseState[] = ['verifying', 'checking'];

/** What decides until when a case may wait in a state. */
export interface StageFacts {
  /** The city's own limit; `null`: the default holds. */
  readonly limit: Limit | null;
  readonly calendar: CalendarFacts;
}

/** Of a state that a case enters, as a column of a statement. */
export function selectStageFacts(state: CaseState) {
  return sql<StageFacts>`json_build_object(
    'limit', (select json_build_object('value', limit_value, 'unit', limit_unit) from stage_limit where state = ${state}),
    'calendar', ${selectCalendarFacts(sql`${[toHoursOwner(state) ?? defaultHoursOwner, defaultHoursOwner]}::text[]`)})`;
}

/** Until when a case that enters a state now may wait there; `null` where nobody is waited for. */
export function toStageDeadline(
  { limit, calendar }: StageFacts,
  timeZone: string,
  state: CaseState,
  atMs: number,
): Date | null {
  const held = limit ?? defaultStageLimits[state];
  if (held === null) return null;
  const owner = toHoursOwner(state);
  const hours = toCalendars(calendar, timeZone, [owner]).get(owner);
  return hours === undefined ? null : new Date(addLimit(atMs, held, hours));
}

function toHoursOwner(state: CaseState): string | null {
  return collectorStages.includes(state) ? collectorHoursOwner : null;
}
