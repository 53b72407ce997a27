import type { Rule, RuleHours, Sighting, Suppression } from '../domain/mod.ts';
import { startTally, type Tally } from './tally.ts';

/** Why a stay does not count now. */
export type Waiting = 'off' | 'permitted' | 'queue' | 'unattended';

/** From what the counted part of a stay runs. */
export type CountStart = 'arrival' | 'in_force' | 'permission_ended' | 'queue_gone' | 'attended' | 'round';

/** A stretch of a stay with what has been counted of it. */
export interface Count {
  readonly fromMs: number;
  readonly first: Sighting;
  readonly tally: Tally;
}

/** The next round of a stay that has been raised: what it has counted so far, and when it falls due. */
export interface NextRound extends Count {
  readonly dueMs: number;
}

/** How the rule's hours, the queue and the raising of others bear on a stay. Seldom changes, so it hangs on one field. */
export interface Charge {
  /** `null`: it counts. Otherwise the count begins anew when this is over. */
  readonly waits: Waiting | null;
  readonly countsFrom: CountStart;
  /** What holds it now, or held it last. */
  readonly suppression: Suppression | null;
  /** Since when only the cap holds it; who has waited longest goes first. */
  readonly dueSinceMs: number | null;
  /** The candidate of the same thing that ended unseen just before. */
  readonly duplicateOf: { readonly id: string; readonly endedMs: number } | null;
  readonly round: number;
  /** The instant from which rounds fall due every `repeatMs`; `null` before the first raise. */
  readonly roundsFromMs: number | null;
}

export function startCharge(hours: RuleHours): Charge {
  return {
    waits: hours === 'in_force' ? null : hours,
    countsFrom: 'arrival',
    suppression: null,
    dueSinceMs: null,
    duplicateOf: null,
    round: 1,
    roundsFromMs: null,
  };
}

/** The charge under the rule's hours: what lies outside them is not counted. */
export function heedHours(charge: Charge, hours: RuleHours): Charge {
  return hours === 'in_force' || charge.waits === hours ? charge : { ...charge, waits: hours };
}

/** What counting anew after a wait starts from. */
export function toCountStart(waits: Waiting): CountStart {
  switch (waits) {
    case 'off':
      return 'in_force';
    case 'permitted':
      return 'permission_ended';
    case 'queue':
      return 'queue_gone';
    case 'unattended':
      return 'attended';
    default:
      return waits satisfies never;
  }
}

/** A count that begins with the sight that `tally` ends with. What the thing is and how surely it is seen stays known. */
export function restartCount({ last, votes, recent }: Tally): Count {
  return {
    fromMs: last.capturedAtMs,
    first: last,
    tally: { ...startTally(last, 'object'), votes, recent },
  };
}

/** When the round after `atMs` falls due: the raise and every `repeatMs` after it, however late one of them was seen. */
export function toDueMs(repeatMs: number, roundsFromMs: number, atMs: number): number {
  const rounds = Math.max(1, Math.ceil((atMs - roundsFromMs) / repeatMs + 0.5));
  return roundsFromMs + rounds * repeatMs;
}

/** Whether the rule raises a stay more than once. */
export function isRepeated(rule: Rule): rule is Rule & { repeatMs: number } {
  return rule.repeatMs !== null && rule.repeatMs > 0;
}
