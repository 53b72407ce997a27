import type { Box, ObjectClass, Rule, RuleHours, Sighting } from '../domain/mod.ts';
import type { Attendance } from './attendance.ts';
import { type Charge, type NextRound, startCharge } from './charge.ts';
import type { Leaving } from './leaving.ts';
import { type Pending, startTally, type Tally } from './tally.ts';
import { maxUnknownMs, maxUnknownShare, minBridgeMs } from './tuning.ts';

export type PresencePhase = 'watched' | 'opened' | 'raised';

/** How a stay began. Never changes. */
export interface Origin {
  /** First sight at rest, and where. */
  readonly sinceMs: number;
  readonly box: Box;
  /** Whether it is known to have come, rather than to have been there when somebody began to look. */
  readonly isArrival: boolean;
}

/** That a stay may go on from one out of sight. */
export interface Resumption {
  readonly key: number;
  readonly pending: Pending;
  /** Seen in between: the one drove off, or the other came. */
  readonly isExchange: boolean;
}

/** An interval in which one thing stays at rest in the zone of one rule. Plain data: it lies in the checkpoint. */
export interface Presence {
  /** Unique among the presences of a camera; later ones have higher numbers. */
  readonly key: number;
  readonly ruleId: string;
  /** The track that carries it now, `null` after an ID switch until another does. */
  readonly trackId: number | null;
  readonly spellFromMs: number;
  /** The track that carried it last. */
  readonly lastTrackId: number;
  /** Whether the rest is believed; before that it is silent and vanishes without a trace. */
  readonly isConfirmed: boolean;
  readonly anchor: Box;
  readonly bornBox: Box;
  readonly origin: Origin;
  /** From when it counts: first sight at rest, or since then the last instant at which counting began anew. */
  readonly fromMs: number;
  readonly first: Sighting;
  readonly tally: Tally;
  /** Of a raised stay whose rule repeats. */
  readonly next: NextRound | null;
  readonly charge: Charge;
  /** Who is with it, where the rule watches for vending. */
  readonly attendance: Attendance | null;
  /** An unseen presence about the same place, and what lay between its last sight and this one's first: they may be one stay. */
  readonly resumes: Resumption | null;
  readonly leaving: Leaving | null;
  readonly phase: PresencePhase;
  readonly raisedAtMs: number | null;
  /** When the last event was published, and which part of the dwell was not seen then. */
  readonly publishedAtMs: number;
  readonly publishedUnseenShare: number;
}

export interface PresenceStart {
  readonly key: number;
  readonly ruleId: string;
  readonly trackId: number;
  readonly spellFromMs: number;
  readonly anchor: Box;
  readonly bornBox: Box;
  readonly objectClass: ObjectClass;
  readonly isArrival: boolean;
  readonly hours: RuleHours;
  readonly resumes: Resumption | null;
}

export function startPresence(start: PresenceStart, first: Sighting): Presence {
  return {
    key: start.key,
    ruleId: start.ruleId,
    trackId: start.trackId,
    spellFromMs: start.spellFromMs,
    lastTrackId: start.trackId,
    isConfirmed: false,
    anchor: start.anchor,
    bornBox: start.bornBox,
    origin: { sinceMs: first.capturedAtMs, box: first.box, isArrival: start.isArrival },
    fromMs: first.capturedAtMs,
    first,
    tally: startTally(first, start.objectClass),
    next: null,
    charge: startCharge(start.hours),
    attendance: null,
    resumes: start.resumes,
    leaving: null,
    phase: 'watched',
    raisedAtMs: null,
    publishedAtMs: 0,
    publishedUnseenShare: 0,
  };
}

/** The presence after one more sample. Every field is named: this runs for each presence and sample. */
export function withTally(
  presence: Presence,
  tally: Tally,
  now: Pick<Presence, 'trackId' | 'anchor' | 'leaving' | 'next' | 'charge'>,
): Presence {
  return {
    key: presence.key,
    ruleId: presence.ruleId,
    trackId: now.trackId,
    spellFromMs: presence.spellFromMs,
    lastTrackId: presence.lastTrackId,
    isConfirmed: presence.isConfirmed,
    anchor: now.anchor,
    bornBox: presence.bornBox,
    origin: presence.origin,
    fromMs: presence.fromMs,
    first: presence.first,
    tally,
    next: now.next,
    charge: now.charge,
    attendance: presence.attendance,
    resumes: presence.resumes,
    leaving: now.leaving,
    phase: presence.phase,
    raisedAtMs: presence.raisedAtMs,
    publishedAtMs: presence.publishedAtMs,
    publishedUnseenShare: presence.publishedUnseenShare,
  };
}

export function isSeen(presence: Presence): boolean {
  return presence.tally.visibility === 'seen';
}

/** Longest time in view but unseen that the presence survives now: once it has lasted to the rule's onset, the rule's gap in full. */
export function toBridgeLimitMs(presence: Presence, rule: Rule, typicalMs: number): number {
  const lastedMs = toStayMs(presence) - presence.tally.unknownMs;
  if (lastedMs >= rule.onsetMs) return rule.gapMs;
  return Math.min(rule.gapMs, Math.max(minBridgeMs, 3 * typicalMs, lastedMs));
}

/** Longest time of which nothing is known (hidden, no samples) that a stay survives. */
export function toUnknownLimitMs(rule: Rule): number {
  return Math.max(maxUnknownMs, maxUnknownShare * rule.legalMs);
}

/** The class that has most of the votes. */
export function toClass(presence: Presence): ObjectClass {
  let best: ObjectClass | null = null;
  let bestVotes = -1;
  const { votes: all } = presence.tally;
  // by `in`: entries would be new arrays for each stay and sample
  for (const key in all) {
    const name = key as ObjectClass;
    const votes = all[name] ?? 0;
    if (votes > bestVotes || (votes === bestVotes && best !== null && name < best)) {
      best = name;
      bestVotes = votes;
    }
  }
  if (best === null) throw new Error(`presence ${presence.key} was never seen`);
  return best;
}

export function toMeanScore(presence: Presence): number {
  return presence.tally.scoreSum / presence.tally.samplesSeen;
}

/** Samples of the stay in which the place was in view. */
export function toSamplesInView(presence: Presence): number {
  return presence.tally.samplesTaken - presence.tally.samplesHidden;
}

export function toDwellMs(presence: Presence): number {
  return presence.tally.lastSeenMs - presence.fromMs;
}

/** How long it has been there as a whole, counted or not. */
export function toStayMs(presence: Presence): number {
  return presence.tally.lastSeenMs - presence.origin.sinceMs;
}
