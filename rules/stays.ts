import { type Box, type Rule, type RuleHours, toIou } from '../domain/mod.ts';
import { standsIn } from './canopy.ts';
import { heedHours, type NextRound } from './charge.ts';
import { type Family, toFamily } from './family.ts';
import { hasLeft, wasExchanged, watchLeaving } from './leaving.ts';
import { mergePresences } from './merge-presences.ts';
import { carryByPart, findSeenPart, isMainPart, isOneThing, isPartOfAny } from './parts.ts';
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
  toClass,
  toMeanScore,
  toUnknownLimitMs,
  withTally,
} from './presence.ts';
import type { EndReason } from './rule-memory.ts';
import { listCovers, type Sample, toSighting } from './sample.ts';
import { countSeen, countUnseen, type Pending, toPendingBefore } from './tally.ts';
import { isConfirmed, type Spell, type Track } from './track.ts';
import type { SampleClock } from './tracker.ts';
import {
  arrivalMs,
  arrivalSamples,
  exchangeMs,
  maxPresencesPerRule,
  settleMs,
  settleSightings,
} from './tuning.ts';
import { isInZone, isStillInZone } from './zone.ts';

export interface EndedStay {
  readonly presence: Presence;
  readonly because: EndReason;
}

export interface StaysStep {
  readonly current: readonly Presence[];
  readonly ended: readonly EndedStay[];
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
  hours: RuleHours,
): StaysStep {
  const observed = presences.map((presence) => observe(presence, rule, sample, hours));
  const { started, overflow } = startPresences(rule, observed, sample, nextKey, hours);
  const joined = settleConfirmed([...observed, ...started], rule, sample);
  const current: Presence[] = [];
  const ended: EndedStay[] = joined.replaced.map((presence) => ({ presence, because: 'replaced' }));
  for (const presence of joined.current) {
    const because = findEnd(presence, rule, joined.current, sample);
    if (because === null) current.push(presence);
    else if (presence.isConfirmed) ended.push({ presence, because });
  }
  return { current, ended, nextKey: nextKey + started.length, overflow };
}

/** One sample that shows nothing, since the view is bad: stays wait, and end when nothing is known of them for too long. */
export function waitStays(
  rule: Rule,
  presences: readonly Presence[],
  clock: SampleClock,
  hours: RuleHours,
): Pick<StaysStep, 'current' | 'ended'> {
  const current: Presence[] = [];
  const ended: EndedStay[] = [];
  for (const presence of presences) {
    const waiting = withTally(
      presence,
      countUnseen(presence.tally, clock.atMs, 'hidden', clock.isAfterHole),
      {
        trackId: presence.trackId,
        anchor: presence.anchor,
        leaving: presence.leaving,
        next: missNext(presence.next, clock, 'hidden'),
        charge: heedHours(presence.charge, hours),
      },
    );
    if (!isPastLimit(waiting, rule, clock)) current.push(waiting);
    else if (presence.isConfirmed) ended.push({ presence: waiting, because: 'view' });
  }
  return { current, ended };
}

function observe(presence: Presence, rule: Rule, sample: Sample, hours: RuleHours): Presence {
  const { atMs, isAfterHole } = sample.clock;
  const charge = heedHours(presence.charge, hours);
  const track = presence.trackId === null ? undefined : sample.tracks.get(presence.trackId);
  // a track that is remembered over a gap may have taken the next thing in its place for its own
  const isCarried =
    track !== undefined &&
    track.spell.fromMs === presence.spellFromMs &&
    !(track.misses === 0 && wasExchanged(presence, sample));
  const own = isCarried && track.fit !== 'away' ? sample.seen.get(track.id) : undefined;
  const seen = findSeenPart(presence, rule, sample, own);
  if (seen !== undefined) {
    const { detection } = seen.observation;
    const sighting = toSighting(sample, seen);
    const { next } = presence;
    const counted = withTally(presence, countSeen(presence.tally, sighting, detection.class, isAfterHole), {
      trackId: isCarried ? presence.trackId : null,
      anchor: seen === own ? seen.track.spell.anchor : presence.anchor,
      leaving: null,
      next: next && { ...next, tally: countSeen(next.tally, sighting, detection.class, isAfterHole) },
      charge,
    });
    return seen !== own && isMainPart(seen, counted, rule) ? carryByPart(counted, seen) : counted;
  }
  const covers = listCovers(sample, presence.anchor, presence.lastTrackId);
  const visibility = isHidden(presence.anchor, covers) ? 'hidden' : 'unseen';
  const tally = countUnseen(presence.tally, atMs, visibility, isAfterHole);
  const { anchor, leaving } = presence;
  return watchLeaving(
    withTally(presence, tally, {
      trackId: isCarried ? presence.trackId : null,
      anchor,
      leaving,
      next: missNext(presence.next, sample.clock, visibility),
      charge,
    }),
    sample,
  );
}

function missNext(
  next: NextRound | null,
  clock: SampleClock,
  visibility: 'unseen' | 'hidden',
): NextRound | null {
  return next && { ...next, tally: countUnseen(next.tally, clock.atMs, visibility, clock.isAfterHole) };
}

function startPresences(
  rule: Rule,
  presences: readonly Presence[],
  sample: Sample,
  nextKey: number,
  hours: RuleHours,
): { started: Presence[]; overflow: number } {
  const families = toFamilies(rule);
  const carried = new Set<number | null>();
  for (const presence of presences) carried.add(presence.trackId);
  const started: Presence[] = [];
  let overflow = 0;
  for (const seen of sample.seen.values()) {
    const { track, observation } = seen;
    if (track.fit === 'away' || carried.has(track.id) || !families.has(track.family)) continue;
    // the first boxes jitter: at an edge the mean of a few of them decides, when the rest is believed
    const isInside = isConfirmed(track.spell) ? isInZone : isStillInZone;
    if (!standsIn(isInside, track.spell.anchor, observation.detection.class, rule, sample)) continue;
    if (isPartOfAny(seen, presences, rule)) continue;
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
      isArrival: isArrival(track, sample),
      hours,
      resumes:
        earlier === undefined
          ? null
          : {
              key: earlier.key,
              pending: toPendingBefore(earlier.tally),
              isExchange: wasExchanged(earlier, sample),
            },
    };
    started.push(startPresence(start, toSighting(sample, seen)));
  }
  return { started, overflow };
}

const lastFamilies = new WeakMap<Rule, ReadonlySet<Family>>();

/** The families of a rule's classes. Kept with the rule only to save their computation at each sample. */
function toFamilies(rule: Rule): ReadonlySet<Family> {
  const known = lastFamilies.get(rule);
  if (known !== undefined) return known;
  const families = new Set(rule.classes.map(toFamily));
  lastFamilies.set(rule, families);
  return families;
}

/** Whether a thing that comes to rest was seen to come, or came while somebody looked. */
function isArrival(track: Track, { clock, watchedSinceMs }: Sample): boolean {
  if (!isBornInPlace(track.bornBox, track.spell.anchor)) return true;
  return clock.atMs - watchedSinceMs >= Math.max(arrivalMs, arrivalSamples * clock.typicalMs);
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
    if (!presence.isConfirmed || isSeen(presence) || isPastLimit(presence, rule, sample.clock)) continue;
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
  rule: Rule,
  sample: Sample,
): { current: readonly Presence[]; replaced: readonly Presence[] } {
  let current = presences;
  const allReplaced: Presence[] = [];
  for (const presence of presences) {
    if (presence.isConfirmed || !isSeen(presence) || presence.trackId === null) continue;
    const track = sample.tracks.get(presence.trackId);
    if (track === undefined || !isConfirmed(track.spell)) continue;
    if (!standsIn(isInZone, presence.anchor, toClass(presence), rule, sample)) {
      if (isSettled(track.spell)) current = current.filter((one) => one !== presence);
      continue;
    }
    const confirmed: Presence = { ...presence, isConfirmed: true, resumes: null };
    const resumed = current.find((one) => one.key === presence.resumes?.key);
    if (
      resumed !== undefined &&
      presence.resumes !== null &&
      !presence.resumes.isExchange &&
      isSameThing(resumed, presence, presence.resumes.pending, sample)
    ) {
      const merged = mergePresences(resumed, confirmed, presence.resumes.pending);
      current = current.filter((one) => one !== presence).map((one) => (one === resumed ? merged : one));
      continue;
    }
    if (current.some((one) => isDoubleOf(presence, one) || isOneThing(presence, one, rule))) {
      current = current.filter((one) => one !== presence);
      continue;
    }
    const replaced = current.filter((one) => isReplaced(one, presence));
    allReplaced.push(...replaced);
    current = current
      .filter((one) => !replaced.includes(one))
      .map((one) => (one === presence ? confirmed : one));
  }
  return { current, replaced: allReplaced };
}

/** Whether the mean box of a rest is known as well as it will be. */
function isSettled({ fromMs, lastMs, sightings }: Spell): boolean {
  return lastMs - fromMs > settleMs && sightings > settleSightings;
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

/** Why a stay is over at this sample; `null` while it goes on. */
function findEnd(presence: Presence, rule: Rule, all: readonly Presence[], sample: Sample): EndReason | null {
  if (!standsIn(isStillInZone, presence.anchor, toClass(presence), rule, sample)) return 'zone';
  if (isSeen(presence)) return null;
  if (!presence.isConfirmed && presence.trackId === null) return 'gap';
  // whoever may be its continuation decides first
  if (all.some((one) => one.resumes?.key === presence.key)) return null;
  if (hasLeft(presence, sample.clock.atMs)) return 'left';
  if (!isPastLimit(presence, rule, sample.clock) || isAwaited(presence, rule, sample)) return null;
  return presence.tally.pending.unknownMs > toUnknownLimitMs(rule) ? 'hole' : 'gap';
}

/** While its track is waited for, its rest unbroken, a young stay is too: or it would begin anew with the track's next sight. */
function isAwaited({ trackId, spellFromMs, tally }: Presence, rule: Rule, { tracks }: Sample): boolean {
  const { bridgedMs, unknownMs } = tally.pending;
  if (trackId === null || bridgedMs > rule.gapMs || unknownMs > toUnknownLimitMs(rule)) return false;
  return tracks.get(trackId)?.spell.fromMs === spellFromMs;
}

function isPastLimit(presence: Presence, rule: Rule, { typicalMs }: SampleClock): boolean {
  const { bridgedMs, unknownMs } = presence.tally.pending;
  return unknownMs > toUnknownLimitMs(rule) || bridgedMs > toBridgeLimitMs(presence, rule, typicalMs);
}
