import { type Box, toIou } from '../domain/mod.ts';
import { isHidden, toRelativeDistance, toShift, toSizeRatio } from './place.ts';
import type { Observation } from './suppress-duplicates.ts';
import { isAtRest, isSteady, type Track } from './track.ts';
import { highScore, restIou, restShift } from './tuning.ts';

/** Longest time over which a speed is believed. */
const maxForecastMs = 2000;
/** Samples unseen up to which a track can be fresh: others take only what no fresh track wants. */
const freshMisses = 4;
/** A run of misses less likely than this, given how steadily the track was seen, means that its thing has gone. */
const minMissChance = 0.01;

interface Pair {
  readonly track: number;
  readonly observation: number;
  readonly value: number;
}

/**
 * Gives each track at most one observation: `result[track index]` is the observation's index, -1 when unseen.
 * Stages: fresh tracks and confident detections, by overlap, then by distance; fresh tracks and weak detections;
 * then tracks that were out of sight, so that a remembered thing never takes what belongs to one in view.
 */
export function associate(
  tracks: readonly Track[],
  observations: readonly Observation[],
  atMs: number,
): number[] {
  const matched = tracks.map(() => -1);
  const taken = observations.map(() => false);
  const fresh = tracks.map(isFresh);
  const forecasts = tracks.map((track) => forecast(track, atMs));
  const stages: readonly ((index: number, track: Track, observation: Observation, box: Box) => number)[] = [
    (index, _track, observation, box) =>
      fresh[index] === true && observation.score >= highScore ? toOverlapValue(observation, box, 0.2) : 0,
    (index, _track, observation, box) => (fresh[index] === true ? toOverlapValue(observation, box, 0.3) : 0),
    (_index, track, observation, box) =>
      track.misses <= (isAtRest(track) ? 0 : 1) &&
      observation.score >= highScore &&
      !(isAtRest(track) && isPlaceOfOther(tracks, track, observation.box))
        ? toDistanceValue(track, observation, box, atMs - track.lastSeenMs)
        : 0,
    (_index, _track, observation, box) => toOverlapValue(observation, box, 0.4),
  ];
  for (const toValue of stages) {
    if (!matched.includes(-1) || !taken.includes(false)) break;
    const pairs: Pair[] = [];
    for (const [t, track] of tracks.entries()) {
      if (matched[t] !== -1) continue;
      for (const [o, observation] of observations.entries()) {
        if (taken[o] === true || observation.family !== track.family || isInFront(observation.box, track))
          continue;
        const value = toValue(t, track, observation, forecasts[t] as Box);
        if (value > 0) pairs.push({ track: t, observation: o, value });
      }
    }
    if (pairs.length > 1) pairs.sort((a, b) => b.value - a.value);
    for (const pair of pairs) {
      if (matched[pair.track] !== -1 || taken[pair.observation] === true) continue;
      matched[pair.track] = pair.observation;
      taken[pair.observation] = true;
    }
  }
  return matched;
}

/** A thing seen in every sample for a minute and then twice not at all has most likely gone; one that flickers has not. */
function isFresh(track: Track): boolean {
  const { sightings, missed } = track.spell;
  const missChance = (missed - track.misses + 1) / (sightings + missed - track.misses + 2);
  return track.misses <= freshMisses && missChance ** track.misses >= minMissChance;
}

/** Where the track's box should be now: moved on at its speed, or where it rests. */
function forecast(track: Track, atMs: number): Box {
  if (isSteady(track)) return track.spell.anchor;
  const seconds = Math.min(atMs - track.lastSeenMs, maxForecastMs) / 1000;
  const x = track.velocityX * seconds;
  const y = track.velocityY * seconds;
  return [track.box[0] + x, track.box[1] + y, track.box[2] + x, track.box[3] + y];
}

/** Boxes of very different size must overlap well: else a bus that drives off hands its track to the car behind it. */
function toOverlapValue(observation: Observation, box: Box, minIou: number): number {
  const iou = toIou(observation.box, box);
  if (iou < minIou) return 0;
  return iou >= 0.4 || toSizeRatio(observation.box, box) >= 0.5 ? iou : 0;
}

/**
 * At a picture every second or two a driving car no longer overlaps itself: then size and nearness decide.
 * It may have braked, so it is looked for between its last box and the forecast.
 */
function toDistanceValue(track: Track, observation: Observation, box: Box, elapsedMs: number): number {
  const seconds = Math.min(elapsedMs, maxForecastMs) / 1000;
  const reach = 0.5 + (isSteady(track) ? seconds / 2 : Math.min(1, 2 * seconds));
  const distance = Math.min(
    toRelativeDistance(observation.box, track.box),
    toRelativeDistance(observation.box, toMiddle(track.box, box)),
    toRelativeDistance(observation.box, box),
  );
  if (distance >= reach || toSizeRatio(observation.box, track.box) < 0.6) return 0;
  return 1 - distance / reach;
}

/** Whether something else is remembered to rest where `box` is: what leaves its own place does not appear there. */
function isPlaceOfOther(tracks: readonly Track[], own: Track, box: Box): boolean {
  return tracks.some(
    (track) => track !== own && isAtRest(track) && toIou(track.spell.anchor, box) >= restIou,
  );
}

/** Whether a box hides the place where the track rests: then it is something in front, not the thing itself. */
function isInFront(box: Box, track: Track): boolean {
  const { anchor } = track.spell;
  return isAtRest(track) && isHidden(anchor, [box]) && toShift(box, anchor) > restShift;
}

function toMiddle(a: Box, b: Box): Box {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2, (a[3] + b[3]) / 2];
}
