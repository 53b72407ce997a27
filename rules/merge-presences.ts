import type { ObjectClass } from '../domain/mod.ts';
import { addVote, type Pending, type Presence } from './presence.ts';
import { joinTrails } from './trail.ts';
import { recentSamples } from './tuning.ts';

/**
 * One stay out of two stretches of it: `earlier` was out of sight when `later` began in its place.
 * `pending` is what lay between the last sight of `earlier` and the first of `later`.
 */
export function mergePresences(earlier: Presence, later: Presence, pending: Pending): Presence {
  let votes = earlier.votes;
  for (const [name, weight] of Object.entries(later.votes) as [ObjectClass, number][])
    votes = addVote(votes, name, weight);
  return {
    ...earlier,
    trackId: later.trackId,
    spellFromMs: later.spellFromMs,
    lastTrackId: later.lastTrackId,
    anchor: later.anchor,
    lastSeenMs: later.lastSeenMs,
    visibility: later.visibility,
    seenMs: earlier.seenMs + later.seenMs,
    bridgedMs: earlier.bridgedMs + pending.bridgedMs + later.bridgedMs,
    unknownMs: earlier.unknownMs + pending.unknownMs + later.unknownMs,
    samplesSeen: earlier.samplesSeen + later.samplesSeen,
    samplesTaken: earlier.samplesTaken + pending.samples + later.samplesTaken,
    samplesHidden: earlier.samplesHidden + pending.hiddenSamples + later.samplesHidden,
    longestGapMs: Math.max(earlier.longestGapMs, later.fromMs - earlier.lastSeenMs, later.longestGapMs),
    scoreSum: earlier.scoreSum + later.scoreSum,
    votes,
    recent: [...earlier.recent, ...later.recent].slice(-recentSamples),
    pending: later.pending,
    last: later.last,
    trail: joinTrails(earlier.trail, later.trail),
    leaving: null,
  };
}
