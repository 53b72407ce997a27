import type { Rule } from '../domain/mod.ts';
import {
  isAttended,
  isNear,
  isUnattended,
  restartAttendance,
  startAttendance,
  watchAttendance,
} from './attendance.ts';
import { type Presence, toClass } from './presence.ts';
import type { Sample } from './sample.ts';

/** The stay with who was seen to be with it in this sample; for other offences than vending that does not matter. */
export function watchCompany(presence: Presence, rule: Rule, sample: Sample): Presence {
  if (rule.offence !== 'street_vending') return presence;
  const { anchor } = presence;
  const objectClass = toClass(presence);
  const near = [...sample.seen.values()]
    .filter(({ track }) => track.family === 'person' && isNear(track.box, anchor, objectClass))
    .map(({ track }) => ({ trackId: track.id, box: track.box }));
  const before = presence.attendance ?? startAttendance(sample.clock.atMs);
  return { ...presence, attendance: watchAttendance(before, near, sample.clock) };
}

/** Whether a stay under a rule for vending does not count now, since nobody is with it. A stall is one by itself. */
export function isLeftAlone(presence: Presence, rule: Rule, atMs: number): boolean {
  const { attendance, fromMs, charge } = presence;
  if (attendance === null || isStall(presence)) return false;
  return isUnattended(attendance, { fromMs, isWaiting: charge.waits === 'unattended' }, rule.legalMs, atMs);
}

/** Whether the thing is what the rule watches for: of one of its classes and, for vending, a stall or with somebody who has stayed for `leastMs`. */
export function isOffending(presence: Presence, rule: Rule, leastMs: number): boolean {
  if (!rule.classes.includes(toClass(presence))) return false;
  const { attendance, tally } = presence;
  return attendance === null || isStall(presence) || isAttended(attendance, tally.lastSeenMs, leastMs);
}

/** How long somebody stayed with a thing that is no stall by itself; `null` where that does not matter. */
export function toAttendedMs(presence: Presence): number | null {
  const { attendance, tally, fromMs } = presence;
  if (attendance === null || isStall(presence)) return null;
  return Math.min(attendance.attendedMs, tally.lastSeenMs - fromMs);
}

/** Who is there when the count of a stay begins anew is there from the beginning. */
export function restartCompany({ attendance }: Presence, atMs: number): Presence['attendance'] {
  return attendance && restartAttendance(attendance, atMs);
}

function isStall(presence: Presence): boolean {
  return toClass(presence) === 'vendor_stall';
}
