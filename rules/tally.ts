import type { ObjectClass, Sighting } from '../domain/mod.ts';
import { extendTrail, startTrail, type Trail } from './trail.ts';
import { recentSamples } from './tuning.ts';

/** How the thing was in a sample: seen in its place, not seen though the place is in view, or hidden. */
export type Visibility = 'seen' | 'unseen' | 'hidden';

/** Time and samples since the last sight: they join the stay only when the thing is seen again. */
export interface Pending {
  readonly bridgedMs: number;
  readonly unknownMs: number;
  readonly samples: number;
  readonly hiddenSamples: number;
}

const nothingPending: Pending = { bridgedMs: 0, unknownMs: 0, samples: 0, hiddenSamples: 0 };

/** Votes for the class of a thing, each weighed with its score. */
export type Votes = Readonly<Partial<Record<ObjectClass, number>>>;

/**
 * What has been counted of a stay from its first sight to its last. Apart from the presence because it changes with
 * every sample: its functions name every field, which is several times faster than spreading.
 */
export interface Tally {
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
  readonly votes: Votes;
  /** The last samples with the place in view as bits, the newest lowest: 1 is seen. */
  readonly recent: number;
  readonly pending: Pending;
  readonly last: Sighting;
  readonly trail: Trail;
}

export function startTally(first: Sighting, objectClass: ObjectClass): Tally {
  return {
    lastSeenMs: first.capturedAtMs,
    visibility: 'seen',
    seenMs: 0,
    bridgedMs: 0,
    unknownMs: 0,
    samplesSeen: 1,
    samplesTaken: 1,
    samplesHidden: 0,
    longestGapMs: 0,
    scoreSum: first.score,
    votes: { [objectClass]: first.score },
    recent: 1,
    pending: nothingPending,
    last: first,
    trail: startTrail(first),
  };
}

/** A sample in which the thing was seen in its place. `isHole`: no sample came for long before this one. */
export function countSeen(
  tally: Tally,
  sighting: Sighting,
  objectClass: ObjectClass,
  isHole: boolean,
): Tally {
  const { pending, visibility } = tally;
  const intervalMs = toIntervalMs(tally, sighting.capturedAtMs);
  const isUnknown = isHole || visibility === 'hidden';
  return {
    lastSeenMs: sighting.capturedAtMs,
    visibility: 'seen',
    seenMs: tally.seenMs + (!isUnknown && visibility === 'seen' ? intervalMs : 0),
    bridgedMs: tally.bridgedMs + pending.bridgedMs + (!isUnknown && visibility === 'unseen' ? intervalMs : 0),
    unknownMs: tally.unknownMs + pending.unknownMs + (isUnknown ? intervalMs : 0),
    samplesSeen: tally.samplesSeen + 1,
    samplesTaken: tally.samplesTaken + pending.samples + 1,
    samplesHidden: tally.samplesHidden + pending.hiddenSamples,
    longestGapMs: Math.max(tally.longestGapMs, sighting.capturedAtMs - tally.lastSeenMs),
    scoreSum: tally.scoreSum + sighting.score,
    votes: addVote(tally.votes, objectClass, sighting.score),
    recent: remember(tally.recent, 1),
    pending: nothingPending,
    last: sighting,
    trail: extendTrail(tally.trail, sighting),
  };
}

/** A sample in which the thing was not found in its place. `isHole`: no sample came for long before this one. */
export function countUnseen(
  tally: Tally,
  atMs: number,
  visibility: 'unseen' | 'hidden',
  isHole: boolean,
): Tally {
  const { pending } = tally;
  const intervalMs = toIntervalMs(tally, atMs);
  const isUnknown = isHole || visibility === 'hidden' || tally.visibility === 'hidden';
  return {
    lastSeenMs: tally.lastSeenMs,
    visibility,
    seenMs: tally.seenMs,
    bridgedMs: tally.bridgedMs,
    unknownMs: tally.unknownMs,
    samplesSeen: tally.samplesSeen,
    samplesTaken: tally.samplesTaken,
    samplesHidden: tally.samplesHidden,
    longestGapMs: tally.longestGapMs,
    scoreSum: tally.scoreSum,
    votes: tally.votes,
    recent: visibility === 'hidden' ? tally.recent : remember(tally.recent, 0),
    last: tally.last,
    trail: tally.trail,
    pending: {
      bridgedMs: pending.bridgedMs + (isUnknown ? 0 : intervalMs),
      unknownMs: pending.unknownMs + (isUnknown ? intervalMs : 0),
      samples: pending.samples + 1,
      hiddenSamples: pending.hiddenSamples + (visibility === 'hidden' ? 1 : 0),
    },
  };
}

/** What lies between the last sight of `tally` and a first sight of its thing in this sample, which it holds for unseen. */
export function toPendingBefore(tally: Tally): Pending {
  const { pending, visibility } = tally;
  return {
    ...pending,
    samples: pending.samples - 1,
    hiddenSamples: pending.hiddenSamples - (visibility === 'hidden' ? 1 : 0),
  };
}

/** How many of the last samples with the place in view show the thing. */
export function countRecentSeen(tally: Tally): number {
  let seen = 0;
  for (let bits = tally.recent; bits > 0; bits >>= 1) seen += bits & 1;
  return seen;
}

export function addVote(votes: Votes, objectClass: ObjectClass, weight: number): Votes {
  return { ...votes, [objectClass]: (votes[objectClass] ?? 0) + weight };
}

/** Time since the sample before. */
function toIntervalMs(tally: Tally, atMs: number): number {
  return atMs - tally.lastSeenMs - tally.pending.bridgedMs - tally.pending.unknownMs;
}

function remember(recent: number, bit: 0 | 1): number {
  return ((recent << 1) | bit) & ((1 << recentSamples) - 1);
}
