import { sql } from 'kysely';
import { type Role, roles, toLocalTime } from '../../domain/mod.ts';
import type { Database } from '../database/tables.ts';

/** Whether the roster decides who may act. */
export interface RosterSettings {
  /** True: where it has somebody for a post now, only they act as that post. */
  readonly enforced: boolean;
}

export const defaultRosterSettings: RosterSettings = { enforced: false };

/** Somebody who is entered for a post now. */
export interface OnDuty {
  readonly post: Role;
  readonly number: number;
  readonly unitId: string | null;
  /** The account that they act with. */
  readonly username: string;
  readonly shift: string;
  /** Local time of day at which the shift ends: `20:00`. */
  readonly until: string;
}

/** Decides what nobody may rule out: whoever answers for the city, whatever the roster says. */
const alwaysActs: Role = 'commander';
const dayMs = 86_400_000;
const minuteMs = 60_000;

/**
 * Who is on duty at a moment, by post and number. A shift whose end is not after its beginning goes on until then on the next day. Only who
 * can act counts: an entry without an account that may come in and has the post is nobody, or it would keep everybody out.
 */
export async function listOnDuty(db: Database, timeZone: string, atMs: number): Promise<OnDuty[]> {
  const { date, ofDayMs } = toLocalTime(atMs, timeZone);
  const yesterday = new Date(Date.parse(`${date}T00:00:00Z`) - dayMs).toISOString().slice(0, 10);
  const now = toTimeOfDay(ofDayMs);
  const rows = await db
    .selectFrom('duty')
    .innerJoin('person', 'person.id', 'duty.person_id')
    .innerJoin('account', 'account.username', 'person.username')
    .select(['person.post', 'person.number', 'person.unit_id', 'account.username'])
    .select(['duty.shift', 'duty.to_time'])
    .where('duty.date', 'in', [date, yesterday])
    .where('person.is_active', '=', true)
    .where('account.is_locked', '=', false)
    .where(sql<boolean>`person.post = any(account.roles)`)
    .where(
      sql<boolean>`case when duty.date = ${date}
        then duty.from_time <= ${now} and (duty.to_time > ${now} or duty.to_time <= duty.from_time)
        else duty.to_time <= duty.from_time and duty.to_time > ${now} end`,
    )
    .orderBy('person.post')
    .orderBy('person.number')
    .orderBy('duty.shift')
    .execute();
  return rows.flatMap((row) => {
    const post = roles.find((role) => role === row.post);
    if (post === undefined) return [];
    const { number, unit_id: unitId, username, shift, to_time: until } = row;
    return [{ post, number, unitId, username, shift, until }];
  });
}

/** Those of the held posts that others are on duty for now. An officer is measured by the roster of the own unit. */
export function listOffDuty(
  user: { readonly username: string; readonly roles: readonly Role[]; readonly unitId: string | null },
  onDuty: readonly OnDuty[],
): Role[] {
  return user.roles.filter((role) => {
    if (role === alwaysActs) return false;
    const entered = listEntered(role, user.unitId, onDuty);
    return entered.length > 0 && !entered.some(({ username }) => username === user.username);
  });
}

/** Who is entered for a post; of officers, for one unit's. */
export function listEntered(role: Role, unitId: string | null, onDuty: readonly OnDuty[]): OnDuty[] {
  return onDuty.filter((one) => one.post === role && (role !== 'officer' || one.unitId === unitId));
}

function toTimeOfDay(ofDayMs: number): string {
  const minutes = Math.floor(ofDayMs / minuteMs);
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
