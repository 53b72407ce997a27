import type { ObjectClass } from '../domain/mod.ts';
import type { Presence } from './presence.ts';
import { addVote, type Pending, type Tally, type Votes } from './tally.ts';
import { joinTrails } from './trail.ts';

/**
 * One stay out of two stretches of it: `earlier` was out of sight when `later` began in its place.
 * `pending` is what lay between the last sight of `earlier` and the first of `later`.
 */
export function mergePresences(earlier: Presence, later: Presence, pending: Pending): Presence {
  return {
    ...earlier,
    trackId: later.trackId,
    spellFromMs: later.spellFromMs,
    lastTrackId: later.lastTrackId,
    anchor: later.anchor,
    tally: mergeTallies(earlier.tally, later.tally, pending, later.fromMs),
    next: earlier.next && {
      ...earlier.next,
      tally: mergeTallies(earlier.next.tally, later.tally, pending, later.fromMs),
    },
    leaving: null,
  };
}

function mergeTallies(earlier: Tally, later: Tally, pending: Pending, laterFromMs: number): Tally {
  return {
    ...later,
    seenMs: earlier.seenMs + later.seenMs,
    bridgedMs: earlier.bridgedMs + pending.bridgedMs + later.bridgedMs,
    unknownMs: earlier.unknownMs + pending.unknownMs + later.unknownMs,
    samplesSeen: earlier.samplesSeen + later.samplesSeen,
    samplesTaken: earlier.samplesTaken + pending.samples + later.samplesTaken,
    samplesHidden: earlier.samplesHidden + pending.hiddenSamples + later.samplesHidden,
    longestGapMs: Math.max(earlier.longestGapMs, laterFromMs - earlier.lastSeenMs, later.longestGapMs),
    scoreSum: earlier.scoreSum + later.scoreSum,
    votes: addVotes(earlier.votes, later.votes),
    trail: joinTrails(earlier.trail, later.trail),
  };
}

function addVotes(votes: Votes, more: Votes): Votes {
  return (Object.entries(more) as [ObjectClass, number][]).reduce(
    (sum, [name, weight]) => addVote(sum, name, weight),
    votes,
  );
}
