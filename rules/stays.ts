import { type Box, type Rule, toIou } from '../domain/mod.ts';
import { type Family, toFamily } from './family.ts';
import { hasLeft, watchLeaving } from './leaving.ts';
import { mergePresences } from './merge-presences.ts';
import {
  isBornInPlace,
  isHidden,
  isSameOutline,
  isSamePlace,
  isTakingPlace,
  toRelativeDistance,
} from './place.ts';
import {
  isSeen,
  type Presence,
  startPresence,
  toBridgeLimitMs,
  toMeanScore,
  toUnknownLimitMs,
  withTally,
} from './presence.ts';
import { listCovers, type Sample, toSighting } from './sample.ts';
import { countSeen, countUnseen, type Pending, toPendingBefore } from './tally.ts';
import { isConfirmed } from './track.ts';
import { exchangeMs, maxPresencesPerRule } from './tuning.ts';
import { isInZone, isStillInZone } from './zone.ts';

export interface StaysStep {
  readonly current: readonly Presence[];
  readonly ended: readonly Presence[];
  readonly nextKey: number;
  /** Presences let go because there were too many. */
  readonly overflow: number;
}

/** One sample for the presences of one rule: continues, begins, joins and ends them. */
export function stepStays(
  rule: Rule,
  presences: readonly Presence[],
  sample: Sample,
  nextKey: number,
): StaysStep {
  const observed = presences.map((presence) => observe(presence, sample));
  const { started, overflow } = startPresences(rule, observed, sample, nextKey);
  const joined = settleConfirmed([...observed, ...started], sample);
  const current: Presence[] = [];
  const ended: Presence[] = [...joined.ended];
  for (const presence of joined.current) {
    if (!isOver(presence, rule, joined.current, sample)) current.push(presence);
    else if (presence.isConfirmed) ended.push(presence);
  }
  return { current, ended, nextKey: nextKey + started.length, overflow };
}

function observe(presence: Presence, sample: Sample): Presence {
  const { atMs, isAfterHole } = sample.clock;
  const track = presence.trackId === null ? undefined : sample.tracks.get(presence.trackId);
  const isCarried = track !== undefined && track.spell.fromMs === presence.spellFromMs;
  const seen = isCarried && track.fit !== 'away' ? sample.seen.get(track.id) : undefined;
  if (seen !== undefined) {
    const { detection } = seen.observation;
    const tally = countSeen(presence.tally, toSighting(sample, seen), detection.class, isAfterHole);
    return withTally(presence, tally, {
      trackId: presence.trackId,
      anchor: seen.track.spell.anchor,
      leaving: null,
    });
  }
  const covers = listCovers(sample, presence.anchor, presence.lastTrackId);
  const visibility = isHidden(presence.anchor, covers) ? 'hidden' : 'unseen';
  const tally = countUnseen(presence.tally, atMs, visibility, isAfterHole);
  const { anchor, leaving } = presence;
  return watchLeaving(
    withTally(presence, tally, { trackId: isCarried ? presence.trackId : null, anchor, leaving }),
    sample,
  );
}

function startPresences(
  rule: Rule,
  presences: readonly Presence[],
  sample: Sample,
  nextKey: number,
): { started: Presence[]; overflow: number } {
  const families = new Set<Family>(rule.classes.map(toFamily));
  const carried = new Set(presences.map((presence) => presence.trackId));
  const started: Presence[] = [];
  let overflow = 0;
  for (const seen of sample.seen.values()) {
    const { track, observation } = seen;
    if (track.fit === 'away' || carried.has(track.id) || !families.has(track.family)) continue;
    if (!isInZone(track.spell.anchor, rule.polygon)) continue;
    if (presences.length + started.length >= maxPresencesPerRule) {
      overflow++;
      continue;
    }
    const earlier = findEarlier(rule, presences, track.box, sample);
    const start = {
      key: nextKey + started.length,
      ruleId: rule.id,
      trackId: track.id,
      spellFromMs: track.spell.fromMs,
      anchor: track.spell.anchor,
      bornBox: track.bornBox,
      objectClass: observation.detection.class,
      resumes: earlier === undefined ? null : { key: earlier.key, pending: toPendingBefore(earlier.tally) },
    };
    started.push(startPresence(start, toSighting(sample, seen)));
  }
  return { started, overflow };
}

/** The stay out of sight nearest to `box` that a thing appearing there may continue. */
function findEarlier(
  rule: Rule,
  presences: readonly Presence[],
  box: Box,
  sample: Sample,
): Presence | undefined {
  let best: Presence | undefined;
  let bestDistance = 0.75;
  for (const presence of presences) {
    if (!presence.isConfirmed || isSeen(presence) || isPastLimit(presence, rule, sample)) continue;
    const distance = toRelativeDistance(presence.anchor, box);
    if (distance >= bestDistance) continue;
    best = presence;
    bestDistance = distance;
  }
  return best;
}

/** Believes presences whose rest has lasted, and settles what they are to those that were there before. */
function settleConfirmed(
  presences: readonly Presence[],
  sample: Sample,
): { current: readonly Presence[]; ended: readonly Presence[] } {
  let current = presences;
  const ended: Presence[] = [];
  for (const presence of presences) {
    if (presence.isConfirmed || !isSeen(presence) || presence.trackId === null) continue;
    const track = sample.tracks.get(presence.trackId);
    if (track === undefined || !isConfirmed(track.spell)) continue;
    const confirmed: Presence = { ...presence, isConfirmed: true, resumes: null };
    const resumed = current.find((one) => one.key === presence.resumes?.key);
    if (
      resumed !== undefined &&
      presence.resumes !== null &&
      isSameThing(resumed, presence, presence.resumes.pending, sample)
    ) {
      const merged = mergePresences(resumed, confirmed, presence.resumes.pending);
      current = current.filter((one) => one !== presence).map((one) => (one === resumed ? merged : one));
      continue;
    }
    if (current.some((one) => isDoubleOf(presence, one))) {
      current = current.filter((one) => one !== presence);
      continue;
    }
    const replaced = current.filter((one) => isReplaced(one, presence));
    ended.push(...replaced);
    current = current
      .filter((one) => !replaced.includes(one))
      .map((one) => (one === presence ? confirmed : one));
  }
  return { current, ended };
}

/**
 * Whether `later` is the stay `earlier` seen again: it lies in the same place and either appeared there, or the place
 * lay empty so shortly that nothing can have driven off and something else come (then a passing track took over its box).
 */
function isSameThing(earlier: Presence, later: Presence, pending: Pending, sample: Sample): boolean {
  if (earlier.tally.lastSeenMs >= later.fromMs) return false;
  // the same track about the same place: only the shape of its box has changed
  if (earlier.lastTrackId === later.lastTrackId) return isSameOutline(later.anchor, earlier.anchor);
  if (!isSamePlace(later.anchor, earlier.anchor)) return false;
  const leastExchangeMs = Math.max(exchangeMs, 1.6 * sample.clock.typicalMs);
  return pending.bridgedMs <= leastExchangeMs || isBornInPlace(later.bornBox, earlier.anchor);
}

/** Two presences seen side by side in one place: the detector drew two boxes for one thing. */
function isDoubleOf(presence: Presence, other: Presence): boolean {
  return (
    other.key !== presence.key &&
    other.isConfirmed &&
    isSeen(other) &&
    isSameOutline(presence.anchor, other.anchor) &&
    (toIou(presence.anchor, other.anchor) >= 0.5 || toMeanScore(presence) < 0.7 * toMeanScore(other))
  );
}

/** A stay out of sight whose place something else has taken is over. */
function isReplaced(stay: Presence, taker: Presence): boolean {
  return (
    stay.key !== taker.key &&
    stay.isConfirmed &&
    stay.tally.lastSeenMs < taker.fromMs &&
    isTakingPlace(taker.anchor, stay.anchor)
  );
}

function isOver(presence: Presence, rule: Rule, all: readonly Presence[], sample: Sample): boolean {
  if (!isStillInZone(presence.anchor, rule.polygon)) return true;
  if (isSeen(presence)) return false;
  if (!presence.isConfirmed && presence.trackId === null) return true;
  // whoever may be its continuation decides first
  if (all.some((one) => one.resumes?.key === presence.key)) return false;
  if (isPastLimit(presence, rule, sample)) return true;
  return hasLeft(presence, sample.clock.atMs);
}

function isPastLimit(presence: Presence, rule: Rule, sample: Sample): boolean {
  const { bridgedMs, unknownMs } = presence.tally.pending;
  return (
    unknownMs > toUnknownLimitMs(rule) || bridgedMs > toBridgeLimitMs(presence, rule, sample.clock.typicalMs)
  );
}
