import type { Box, ObjectClass } from '../domain/mod.ts';
import { toRelativeDistance } from './place.ts';
import type { SampleClock } from './tracker.ts';
import {
  attendantPatienceMs,
  awayMs,
  hardlyMoved,
  maxAttendants,
  maxEarlyMs,
  maxMovingMs,
  minAttendedShare,
  minAttendMs,
  minAttendSeenShare,
  minAttendSightings,
  minPaceMs,
  minStillShare,
} from './tuning.ts';

/** Somebody near a thing at rest, from when they came near. */
interface Attendant {
  readonly trackId: number;
  readonly box: Box;
  readonly sinceMs: number;
  readonly lastMs: number;
  /** Samples since then, and those in which they were seen. */
  readonly taken: number;
  readonly seen: number;
  /** Where they were a moment ago, ... */
  readonly pace: Pace;
  /** ... for how long in all they had hardly moved from one such moment to the next, and for how long of late they have. */
  readonly stillMs: number;
  readonly movingMs: number;
}

interface Pace {
  readonly box: Box;
  readonly atMs: number;
}

/** Who is with a thing at rest. Plain data, bounded: it lies in the checkpoint. */
export interface Attendance {
  readonly attendants: readonly Attendant[];
  /** How long, of what was looked at since the count began, somebody stayed with it. */
  readonly attendedMs: number;
  readonly watchedMs: number;
  /** The newest sample. */
  readonly lastMs: number;
  /** What lies before this has been counted. */
  readonly settledMs: number;
  /** When somebody was last seen to stay with it, and from when on somebody has, but for short absences; `null`: nobody has yet. */
  readonly stayedMs: number | null;
  readonly stayedSinceMs: number | null;
}

/** A person seen in this sample. */
export interface Passer {
  readonly trackId: number;
  readonly box: Box;
}

export function startAttendance(atMs: number): Attendance {
  return {
    attendants: [],
    attendedMs: 0,
    watchedMs: 0,
    lastMs: atMs,
    settledMs: atMs,
    stayedMs: null,
    stayedSinceMs: null,
  };
}

/** The count begins anew; who is there is still there. */
export function restartAttendance(attendance: Attendance, atMs: number): Attendance {
  const stayedSinceMs = attendance.stayedSinceMs && Math.max(attendance.stayedSinceMs, atMs);
  return { ...attendance, attendedMs: 0, watchedMs: 0, settledMs: atMs, stayedSinceMs };
}

/** One more sample: `near` are the people near the thing. */
export function watchAttendance(
  attendance: Attendance,
  near: readonly Passer[],
  clock: SampleClock,
): Attendance {
  const { atMs, isAfterHole } = clock;
  // nobody knows who went and came while no picture was taken
  const attendants = isAfterHole ? meet([], near, clock) : meet(attendance.attendants, near, clock);
  const staying = attendants.filter((one) => one.lastMs === atMs && isStaying(one));
  const settledMs = isAfterHole ? atMs : attendance.settledMs;
  const fromMs = Math.max(settledMs, Math.min(...staying.map((one) => one.sinceMs)));
  const isStayed = staying.length > 0;
  return {
    attendants,
    attendedMs: attendance.attendedMs + (isStayed ? atMs - fromMs : 0),
    watchedMs: attendance.watchedMs + (isAfterHole ? 0 : atMs - attendance.lastMs),
    lastMs: atMs,
    settledMs: isStayed ? atMs : settledMs,
    stayedMs: isStayed ? atMs : attendance.stayedMs,
    stayedSinceMs: isStayed && isStale(attendance, atMs) ? fromMs : attendance.stayedSinceMs,
  };
}

/** Whether somebody has stayed with it for `leastMs` by now, most of the time and never away for long. */
export function isAttended(attendance: Attendance, atMs: number, leastMs: number): boolean {
  const { stayedSinceMs } = attendance;
  return (
    !isStale(attendance, atMs) &&
    stayedSinceMs !== null &&
    atMs - stayedSinceMs >= leastMs &&
    isMostlyAttended(attendance)
  );
}

/**
 * Whether the count has to begin anew: nobody has stayed of late, and whoever is near now came well after the count had begun; or it has
 * run for all of `legalMs` with somebody there only now and then.
 */
export function isUnattended(
  attendance: Attendance,
  count: { readonly fromMs: number; readonly isWaiting: boolean },
  legalMs: number,
  atMs: number,
): boolean {
  const { attendants, watchedMs } = attendance;
  if (!isStale(attendance, atMs))
    return !count.isWaiting && watchedMs >= legalMs && !isMostlyAttended(attendance);
  if (attendants.length === 0) return true;
  const sinceMs = Math.min(...attendants.map((one) => one.sinceMs));
  return !count.isWaiting && sinceMs - count.fromMs > maxEarlyMs;
}

/**
 * Whether a person at `box` is near enough to a thing at `anchor` to be with it: within about a metre beside, before or behind it,
 * or below it where it is an umbrella. A person is the yardstick: the box is about 1.7 m high, unless the thing hides the legs.
 */
export function isNear(box: Box, anchor: Box, objectClass: ObjectClass): boolean {
  const height = box[3] - box[1];
  const reach = Math.max(0.5 * height, 1.2 * (box[2] - box[0]));
  if (box[0] - anchor[2] > reach || anchor[0] - box[2] > reach) return false;
  const before = (objectClass === 'umbrella' ? 1.1 : 0.4) * height;
  return box[3] - anchor[3] <= before && box[3] >= Math.min(anchor[1], anchor[3] - 0.4 * height);
}

function isMostlyAttended({ attendedMs, watchedMs }: Attendance): boolean {
  return attendedMs >= minAttendedShare * watchedMs;
}

function isStale({ stayedMs }: Pick<Attendance, 'stayedMs'>, atMs: number): boolean {
  return stayedMs === null || atMs - stayedMs > awayMs;
}

/** Passers-by are gone sooner, and several of them one after the other are never long in one place. */
function isStaying({ sinceMs, lastMs, seen, taken, stillMs, pace }: Attendant): boolean {
  return (
    lastMs - sinceMs >= minAttendMs &&
    seen >= Math.max(minAttendSightings, minAttendSeenShare * taken) &&
    stillMs >= minStillShare * (pace.atMs - sinceMs)
  );
}

/** Knows those again who were there before, by track or by place, and takes up those who are new. */
function meet(before: readonly Attendant[], near: readonly Passer[], clock: SampleClock): Attendant[] {
  const patienceMs = Math.max(attendantPatienceMs, 3.5 * clock.typicalMs);
  const left = [...near];
  const take = (attendant: Attendant, isSame: (passer: Passer) => boolean): Passer | undefined => {
    const index = left.findIndex((passer) => isSame(passer) && isPlausible(attendant, passer, clock.atMs));
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const byTrack = before.map((one) => take(one, (passer) => passer.trackId === one.trackId));
  const after: Attendant[] = [];
  for (const [index, one] of before.entries()) {
    const again =
      byTrack[index] ?? take(one, (passer) => toRelativeDistance(passer.box, one.box) <= hardlyMoved);
    if (again !== undefined) after.push(seeAgain(one, again, clock.atMs));
    else if (clock.atMs - one.lastMs <= patienceMs) after.push({ ...one, taken: one.taken + 1 });
  }
  for (const passer of left) after.push(seeFirst(passer, clock.atMs));
  return after.slice(0, maxAttendants);
}

function seeFirst({ trackId, box }: Passer, atMs: number): Attendant {
  const pace = { box, atMs };
  return { trackId, box, sinceMs: atMs, lastMs: atMs, taken: 1, seen: 1, pace, stillMs: 0, movingMs: 0 };
}

function seeAgain(one: Attendant, { trackId, box }: Passer, atMs: number): Attendant {
  const next = { ...one, trackId, box, lastMs: atMs, taken: one.taken + 1, seen: one.seen + 1 };
  const paceMs = atMs - one.pace.atMs;
  if (paceMs < minPaceMs) return next;
  const pace = { box, atMs };
  if (toRelativeDistance(box, one.pace.box) <= hardlyMoved)
    return { ...next, pace, stillMs: one.stillMs + paceMs, movingMs: 0 };
  const movingMs = one.movingMs + paceMs;
  // whoever walks about is not here to stay; if they are now, it is from now on
  return movingMs > maxMovingMs ? seeFirst({ trackId, box }, atMs) : { ...next, pace, movingMs };
}

/** At slow sampling a track may jump from one passer-by to the next: then only who has hardly moved is the same person. */
function isPlausible(attendant: Attendant, passer: Passer, atMs: number): boolean {
  return atMs - attendant.lastMs < 1000 || toRelativeDistance(passer.box, attendant.box) <= hardlyMoved;
}
