import type { Box, Rule } from '../domain/mod.ts';
import { isBornInPlace, isSameOutline } from './place.ts';
import type { Presence } from './presence.ts';
import { maxEndedRemembered, maxRaisesRemembered } from './tuning.ts';

/** Why a stay is over. */
export type EndReason = 'left' | 'replaced' | 'gap' | 'zone' | 'hole' | 'view' | 'clock' | 'rule';

/** A candidate that ended without anybody having seen its thing leave. */
export interface LostCandidate {
  readonly id: string;
  readonly anchor: Box;
  /** Last sight. */
  readonly endedMs: number;
}

/** What a rule remembers beyond the stays that last. Plain data, bounded. */
export interface RuleMemory {
  readonly ruleId: string;
  /** Raises of the last hour. */
  readonly raisedMs: readonly number[];
  readonly lost: readonly LostCandidate[];
}

const capWindowMs = 3_600_000;

export function createRuleMemory(ruleId: string): RuleMemory {
  return { ruleId, raisedMs: [], lost: [] };
}

/** Lets go what is too old to matter at `atMs`. */
export function ageMemory(memory: RuleMemory, rule: Rule, atMs: number): RuleMemory {
  const { raisedMs, lost } = memory;
  const isOld = (ms: number) => atMs - ms >= capWindowMs;
  // a stay is judged when it is opened
  const isOver = ({ endedMs }: LostCandidate) => atMs - endedMs > rule.cooldownMs + rule.onsetMs + 60_000;
  if (!raisedMs.some(isOld) && !lost.some(isOver)) return memory;
  return {
    ruleId: memory.ruleId,
    raisedMs: raisedMs.filter((ms) => !isOld(ms)),
    lost: lost.filter((one) => !isOver(one)),
  };
}

export function hasBudget(memory: RuleMemory, rule: Rule): boolean {
  return memory.raisedMs.length < Math.min(rule.capPerHour, maxRaisesRemembered);
}

/** When the next raise is allowed, if none is now. */
export function toNextBudgetMs(memory: RuleMemory): number | null {
  const oldest = memory.raisedMs[0];
  return oldest === undefined ? null : oldest + capWindowMs;
}

export function rememberRaise(memory: RuleMemory, atMs: number): RuleMemory {
  return { ...memory, raisedMs: [...memory.raisedMs, atMs] };
}

export function rememberLost(memory: RuleMemory, candidate: LostCandidate): RuleMemory {
  const others = memory.lost.filter(({ id }) => id !== candidate.id);
  return { ...memory, lost: [...others, candidate].slice(-maxEndedRemembered) };
}

/** Whether somebody saw, at such an end, that the thing was gone. */
export function wasSeenToEnd(because: EndReason): boolean {
  switch (because) {
    case 'left':
    case 'replaced':
    case 'zone':
      return true;
    case 'gap':
    case 'hole':
    case 'view':
    case 'clock':
    case 'rule':
      return false;
    default:
      return because satisfies never;
  }
}

/**
 * The candidate of which `presence` is the same thing seen again: nobody saw the first leave, nor this one come,
 * and too little time has passed for it to be judged anew.
 */
export function findLost(memory: RuleMemory, presence: Presence, rule: Rule): LostCandidate | null {
  const { origin, anchor, bornBox } = presence;
  const found = memory.lost.findLast(
    ({ endedMs, anchor: place }) =>
      origin.sinceMs - endedMs < rule.cooldownMs &&
      isSameOutline(anchor, place) &&
      isBornInPlace(bornBox, place),
  );
  return found ?? null;
}

/** The memory in the new time of a clock that was set by `byMs`. */
export function shiftMemory(memory: RuleMemory, byMs: number): RuleMemory {
  return {
    ruleId: memory.ruleId,
    raisedMs: memory.raisedMs.map((ms) => ms + byMs),
    lost: memory.lost.map((one) => ({ ...one, endedMs: one.endedMs + byMs })),
  };
}
