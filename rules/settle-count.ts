import type { HoursInterval, Rule } from '../domain/mod.ts';
import { type Charge, isRepeated, restartCount, toCountStart, toDueMs } from './charge.ts';
import { type Presence, toStayMs } from './presence.ts';
import { maxQueueMs } from './tuning.ts';
import { restartCompany } from './vending.ts';

/** Whether a stay counts at a sample. */
export interface Hours {
  readonly atMs: number;
  readonly schedule: HoursInterval;
  readonly isQueued: boolean;
  /** Nobody is with a thing that is an offence only with somebody there. */
  readonly isLeftAlone: boolean;
}

/**
 * What a stay that was seen counts after this sample: while it waits (rule not in force, permitted, in a queue, alone) its numbers run on for
 * the stay as a whole, and begin anew with the first sight after the wait. A stay once raised is one act: its count goes on.
 */
export function settleCount(presence: Presence, rule: Rule, now: Hours): Presence {
  const current = withNextRound(presence, rule);
  if (current.phase === 'raised' && current.next === null) return current;
  const { charge } = current;
  if (now.schedule.hours !== 'in_force') return current;
  if (now.isQueued || now.isLeftAlone) {
    const waits = now.isQueued ? 'queue' : 'unattended';
    return charge.waits === null ? withCharge(current, { ...charge, waits, dueSinceMs: null }) : current;
  }
  if (charge.waits === null) return current;
  // nothing stands in traffic for so long: it was no queue
  if (charge.waits === 'queue' && toStayMs(current) >= maxQueueMs)
    return withCharge(current, { ...charge, waits: null });
  const settled: Charge = {
    ...charge,
    waits: null,
    dueSinceMs: null,
    countsFrom: toCountStart(charge.waits),
  };
  if (current.phase !== 'raised')
    return {
      ...current,
      ...restartCount(current.tally),
      charge: settled,
      attendance: restartCompany(current, now.atMs),
    };
  if (!isRepeated(rule) || current.next === null) return withCharge(current, settled);
  return {
    ...current,
    next: { ...restartCount(current.next.tally), dueMs: now.atMs + rule.repeatMs },
    charge: { ...charge, waits: null, roundsFromMs: now.atMs },
  };
}

/** A raised stay under a rule that repeats counts for its next round too. */
export function withNextRound(presence: Presence, rule: Rule): Presence {
  const { next, raisedAtMs, tally, charge } = presence;
  if (presence.phase !== 'raised' || raisedAtMs === null || !isRepeated(rule))
    return next === null ? presence : { ...presence, next: null };
  if (next !== null) return presence;
  const roundsFromMs = charge.roundsFromMs ?? raisedAtMs;
  return {
    ...presence,
    next: { ...restartCount(tally), dueMs: toDueMs(rule.repeatMs, roundsFromMs, tally.lastSeenMs) },
    charge: { ...charge, waits: null, roundsFromMs },
  };
}

/** The stay as its next candidate: its own numbers, since the last raise. */
export function beginRound(presence: Presence): Presence {
  const { next, charge } = presence;
  if (next === null) return presence;
  return {
    ...presence,
    fromMs: next.fromMs,
    first: next.first,
    tally: next.tally,
    next: null,
    phase: 'watched',
    raisedAtMs: null,
    charge: { ...charge, round: charge.round + 1, countsFrom: 'round', suppression: null, dueSinceMs: null },
  };
}

export function isRoundDue({ phase, next, charge }: Presence, atMs: number): boolean {
  return phase === 'raised' && next !== null && charge.waits === null && atMs >= next.dueMs;
}

function withCharge(presence: Presence, charge: Charge): Presence {
  return { ...presence, charge };
}
