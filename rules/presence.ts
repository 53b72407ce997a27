import type { Box, ObjectClass, Sighting } from '../domain/mod.ts';
import { startTrail, extendTrail, type Trail } from './trail.ts';
import { minBridgeMs, recentSamples } from './tuning.ts';

export type PresencePhase = 'watched' | 'opened' | 'raised';

/** How the thing was in a sample: seen in its place, not seen though the place is in view, or hidden. */
export type Visibility = 'seen' | 'unseen' | 'hidden';

/** Time and samples since the last sight: they join the stay only when the thing is seen again. */
export interface Pending {
  readonly bridgedMs: number;
  readonly unknownMs: number;
  readonly samples: number;
  readonly hiddenSamples: number;
}

export const nothingPending: Pending = { bridgedMs: 0, unknownMs: 0, samples: 0, hiddenSamples: 0 };

/** Signs that the thing left: its own track seen elsewhere, its place seen empty. Distances in parts of the box's sides. */
export interface Leaving {
  readonly sinceMs: number;
  readonly emptySamples: number;
  readonly firstDistance: number;
  readonly lastDistance: number;
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
  readonly fromMs: number;
  readonly lastSeenMs: number;
  readonly visibility: Visibility;
  readonly seenMs: number;
  readonly bridgedMs: number;
  readonly unknownMs: number;
  readonly samplesSeen: number;
  readonly samplesTaken: number;
  readonly samplesHidden: number;
  readonly longestGapMs: number;
  readonly scoreSum: number;
  readonly votes: Readonly<Partial<Record<ObjectClass, number>>>;
  /** The last samples in which the place was in view, newest last: seen or not. */
  readonly recent: readonly boolean[];
  readonly pending: Pending;
  readonly first: Sighting;
  readonly last: Sighting;
  readonly trail: Trail;
  /** An unseen presence about the same place, and what lay between its last sight and this one's first: they may be one stay. */
  readonly resumes: { readonly key: number; readonly pending: Pending } | null;
  readonly leaving: Leaving | null;
  readonly phase: PresencePhase;
  readonly raisedAtMs: number | null;
  /** When the last event was published, and which part of the dwell was not seen then. */
  readonly publishedAtMs: number;
  readonly publishedUnseenShare: number;
}

export function observeSeen(
  presence: Presence,
  sighting: Sighting,
  objectClass: ObjectClass,
  isHole: boolean,
): Presence {
  const intervalMs =
    sighting.capturedAtMs - presence.lastSeenMs - presence.pending.bridgedMs - presence.pending.unknownMs;
  const kind =
    isHole || presence.visibility === 'hidden'
      ? 'unknown'
      : presence.visibility === 'seen'
        ? 'seen'
        : 'bridged';
  const { pending } = presence;
  return {
    ...presence,
    visibility: 'seen',
    lastSeenMs: sighting.capturedAtMs,
    seenMs: presence.seenMs + (kind === 'seen' ? intervalMs : 0),
    bridgedMs: presence.bridgedMs + pending.bridgedMs + (kind === 'bridged' ? intervalMs : 0),
    unknownMs: presence.unknownMs + pending.unknownMs + (kind === 'unknown' ? intervalMs : 0),
    samplesSeen: presence.samplesSeen + 1,
    samplesTaken: presence.samplesTaken + pending.samples + 1,
    samplesHidden: presence.samplesHidden + pending.hiddenSamples,
    longestGapMs: Math.max(presence.longestGapMs, sighting.capturedAtMs - presence.lastSeenMs),
    scoreSum: presence.scoreSum + sighting.score,
    votes: addVote(presence.votes, objectClass, sighting.score),
    recent: remember(presence.recent, true),
    pending: nothingPending,
    last: sighting,
    trail: extendTrail(presence.trail, sighting),
    leaving: null,
  };
}

/** A sample in which the thing was not found in its place. `isHole`: no sample came for long before this one. */
export function observeUnseen(
  presence: Presence,
  atMs: number,
  visibility: 'unseen' | 'hidden',
  isHole: boolean,
): Presence {
  const { pending } = presence;
  const intervalMs = atMs - presence.lastSeenMs - pending.bridgedMs - pending.unknownMs;
  const isUnknown = isHole || visibility === 'hidden' || presence.visibility === 'hidden';
  return {
    ...presence,
    visibility,
    recent: visibility === 'hidden' ? presence.recent : remember(presence.recent, false),
    pending: {
      bridgedMs: pending.bridgedMs + (isUnknown ? 0 : intervalMs),
      unknownMs: pending.unknownMs + (isUnknown ? intervalMs : 0),
      samples: pending.samples + 1,
      hiddenSamples: pending.hiddenSamples + (visibility === 'hidden' ? 1 : 0),
    },
  };
}

/** Longest time in view but unseen that the presence survives now. */
export function toBridgeLimitMs(presence: Presence, gapMs: number, typicalMs: number): number {
  return Math.min(gapMs, Math.max(minBridgeMs, 3 * typicalMs, toDwellMs(presence) - presence.unknownMs));
}

/** The class that has most of the votes, each weighed with its score. */
export function toClass(presence: Presence): ObjectClass {
  let best: ObjectClass | null = null;
  let bestVotes = -1;
  for (const [name, votes] of Object.entries(presence.votes) as [ObjectClass, number][]) {
    if (votes > bestVotes || (votes === bestVotes && best !== null && name < best)) {
      best = name;
      bestVotes = votes;
    }
  }
  if (best === null) throw new Error(`presence ${presence.key} was never seen`);
  return best;
}

export function toMeanScore(presence: Presence): number {
  return presence.scoreSum / presence.samplesSeen;
}

/** Part of the samples with the place in view in which the thing was seen, 0-1. */
export function toSeenShare(presence: Presence): number {
  return presence.samplesSeen / Math.max(1, presence.samplesTaken - presence.samplesHidden);
}

export function toDwellMs(presence: Presence): number {
  return presence.lastSeenMs - presence.fromMs;
}

export interface PresenceStart {
  readonly key: number;
  readonly ruleId: string;
  readonly trackId: number;
  readonly spellFromMs: number;
  readonly anchor: Box;
  readonly bornBox: Box;
  readonly objectClass: ObjectClass;
  readonly resumes: Presence['resumes'];
}

export function startPresence(start: PresenceStart, sighting: Sighting): Presence {
  const { objectClass, ...rest } = start;
  return {
    ...rest,
    lastTrackId: start.trackId,
    isConfirmed: false,
    fromMs: sighting.capturedAtMs,
    lastSeenMs: sighting.capturedAtMs,
    visibility: 'seen',
    seenMs: 0,
    bridgedMs: 0,
    unknownMs: 0,
    samplesSeen: 1,
    samplesTaken: 1,
    samplesHidden: 0,
    longestGapMs: 0,
    scoreSum: sighting.score,
    votes: { [objectClass]: sighting.score },
    recent: [true],
    pending: nothingPending,
    first: sighting,
    last: sighting,
    trail: startTrail(sighting),
    leaving: null,
    phase: 'watched',
    raisedAtMs: null,
    publishedAtMs: 0,
    publishedUnseenShare: 0,
  };
}

/** What lies between the last sight of `earlier` and a first sight of its thing in this sample, which `earlier` holds for unseen. */
export function toPendingBefore(earlier: Presence): Pending {
  const { pending, visibility } = earlier;
  return {
    ...pending,
    samples: pending.samples - 1,
    hiddenSamples: pending.hiddenSamples - (visibility === 'hidden' ? 1 : 0),
  };
}

export function addVote(
  votes: Presence['votes'],
  objectClass: ObjectClass,
  weight: number,
): Presence['votes'] {
  return { ...votes, [objectClass]: (votes[objectClass] ?? 0) + weight };
}

function remember(recent: readonly boolean[], wasSeen: boolean): readonly boolean[] {
  return recent.length < recentSamples ? [...recent, wasSeen] : [...recent.slice(1), wasSeen];
}
