import { type Box, toIou } from '../domain/mod.ts';
import { forecastBox, toForecastError } from './motion.ts';
import { type Pair, pickBestPairs } from './pick-pairs.ts';
import { isHidden, toRelativeDistance, toShift, toSizeRatio } from './place.ts';
import type { Observation } from './suppress-duplicates.ts';
import { isAtRest, isSteady, type Track } from './track.ts';
import { highScore, maxReach, maxSureError, restIou, restShift } from './tuning.ts';

/** Samples unseen up to which a track can be fresh: others take only what no fresh track wants. */
const freshMisses = 4;
/** A run of misses less likely than this, given how steadily the track was seen, means that its thing has gone. */
const minMissChance = 0.01;
/** A braking thing is looked for on its way with at least this error, and fits this much less than one that goes on. */
const minBrakeError = 0.3;
const brakeFit = 0.2;
/** Least ratio of sizes of what is found by nearness, and how much more a vehicle needs for each side that it jumps. */
const minSizeRatio = 0.7;
const sizePerJump = 0.03;
/** Overlap with the box before from which a thing has stood. */
const stoodIou = 0.8;

/** Sides of its box that a vehicle moves from one sample to the next when its direction is known, and how far aside is another lane. */
const leastDrive = 0.5;
const laneShare = 0.4;

/** A track as one sample looks for it. */
interface Sought {
  readonly track: Track;
  /** Where its box should be now: moved on at its speed, or where it rests. */
  readonly box: Box;
  /** How far off that may be, in parts of the box's sides. */
  readonly error: number;
  readonly elapsedMs: number;
  readonly isFresh: boolean;
  readonly isSteady: boolean;
}

/** How well an observation fits a track, 0 to 1; 0: it cannot be. */
type Stage = (sought: Sought, observation: Observation, tracks: readonly Track[]) => number;

/**
 * First confident detections: to fresh tracks whose place is sure, by overlap; then, where speed and picture rate leave
 * the place open, by nearness and size. Then weak detections; then tracks that were out of sight, so that a remembered
 * thing never takes what belongs to one in view.
 */
const stages: readonly Stage[] = [
  (sought, observation) => {
    if (!sought.isFresh || observation.score < highScore) return 0;
    const home = sought.isSteady ? 0 : toHomeFit(sought.track, observation);
    if (home > 0) return home;
    if (sought.isSteady || sought.error <= maxSureError) return toOverlapFit(sought, observation, 0.25);
    return toStoodFit(sought.track, observation);
  },
  (sought, observation, tracks) => {
    const { track } = sought;
    const isResting = isAtRest(track);
    if (track.misses > (isResting ? 0 : 1) || observation.score < highScore) return 0;
    const fit = sought.isSteady ? toNearFit(sought, observation) : toMotionFit(sought, observation);
    const wouldPark = isResting || isSideways(sought, observation.box);
    return fit > 0 && wouldPark && isPlaceOfOther(tracks, track, observation.box) ? 0 : fit;
  },
  (sought, observation) => (sought.isFresh ? toOverlapFit(sought, observation, 0.3) : 0),
  (sought, observation) => toOverlapFit(sought, observation, 0.4),
];

/** Gives each track at most one observation: `result[track index]` is the observation's index, -1 when unseen. */
export function associate(
  tracks: readonly Track[],
  observations: readonly Observation[],
  atMs: number,
): number[] {
  const matched = tracks.map(() => -1);
  const taken = observations.map(() => false);
  const soughts = tracks.map((track) => seek(track, atMs));
  let open = Math.min(tracks.length, observations.length);
  for (const stage of stages) {
    if (open === 0) break;
    for (const pair of pickBestPairs(listPairs(stage, soughts, observations, matched, taken, tracks))) {
      matched[pair.track] = pair.observation;
      taken[pair.observation] = true;
      open--;
    }
  }
  return matched;
}

function listPairs(
  stage: Stage,
  soughts: readonly Sought[],
  observations: readonly Observation[],
  matched: readonly number[],
  taken: readonly boolean[],
  tracks: readonly Track[],
): Pair[] {
  const pairs: Pair[] = [];
  for (let t = 0; t < soughts.length; t++) {
    if (matched[t] !== -1) continue;
    const sought = soughts[t] as Sought;
    for (let o = 0; o < observations.length; o++) {
      const observation = observations[o] as Observation;
      if (taken[o] === true || observation.family !== sought.track.family) continue;
      const fit = stage(sought, observation, tracks);
      if (fit > 0 && !isInFront(observation.box, sought.track)) pairs.push({ track: t, observation: o, fit });
    }
  }
  return pairs;
}

function seek(track: Track, atMs: number): Sought {
  const elapsedMs = atMs - track.lastSeenMs;
  const isNowSteady = isSteady(track);
  return {
    track,
    box: isNowSteady ? track.spell.anchor : forecastBox(track.motion, elapsedMs),
    error: toForecastError(track.motion, elapsedMs),
    elapsedMs,
    isFresh: isFresh(track),
    isSteady: isNowSteady,
  };
}

/** A thing seen in every sample for a minute and then twice not at all has most likely gone; one that flickers has not. */
function isFresh(track: Track): boolean {
  if (track.misses === 0) return true;
  const { sightings, missed } = track.spell;
  const missChance = (missed - track.misses + 1) / (sightings + missed - track.misses + 2);
  return track.misses <= freshMisses && missChance ** track.misses >= minMissChance;
}

/** Boxes of very different size must overlap well: else a bus that drives off hands its track to the car behind it. */
function toOverlapFit({ box }: Sought, observation: Observation, minIou: number): number {
  const iou = toIou(observation.box, box);
  if (iou < minIou) return 0;
  return iou >= 0.4 || toSizeRatio(observation.box, box) >= 0.5 ? iou : 0;
}

/**
 * Where the forecast says little, a box as good as where it was is the thing itself, standing, not the one that comes up
 * behind it in a queue. What was seen driving is not expected to stand, nor do people queue bumper to bumper.
 */
function toStoodFit({ family, box, hits, spell }: Track, observation: Observation): number {
  if (family === 'person' || (spell.sightings < 2 && hits > 2)) return 0;
  const iou = toIou(observation.box, box);
  return iou >= stoodIou ? iou : 0;
}

/**
 * What rested and was then seen elsewhere once or twice is looked for where it rested too: it was missed there, and something
 * that passed close by was taken for it.
 */
function toHomeFit(track: Track, observation: Observation): number {
  if (!isAtRest(track)) return 0;
  const iou = toIou(observation.box, track.spell.anchor);
  return iou >= restIou ? iou : 0;
}

/** What rests may begin to drive: the slower the pictures come, the farther it may be. */
function toNearFit({ track, box, elapsedMs }: Sought, observation: Observation): number {
  const ratio = toSizeRatio(observation.box, track.box);
  if (ratio < minSizeRatio) return 0;
  const reach = 0.5 + Math.min(elapsedMs, 2000) / 2000;
  return ratio * Math.max(0, 1 - toRelativeDistance(observation.box, box) / reach);
}

/**
 * At a picture every second or two a driving car no longer overlaps itself: then size decides, and how likely it is, as
 * the motion is known, that it should be there by now. People go on; a vehicle may also have braked, anywhere on its way.
 */
function toMotionFit({ track, box, error }: Sought, observation: Observation): number {
  const ratio = toSizeRatio(observation.box, track.box);
  if (ratio < minSizeRatio) return 0;
  const onward = toLikelihood(toRelativeDistance(observation.box, box), error);
  if (track.family === 'person') return ratio * onward;
  // a jump far off must be the same size all the more: else what passes in front takes a parked thing along
  if (ratio < minSizeRatio + sizePerJump * toRelativeDistance(observation.box, track.box)) return 0;
  const left = Math.min(
    toRelativeDistance(observation.box, track.box),
    toRelativeDistance(observation.box, toMiddle(track.box, box)),
  );
  return ratio * Math.max(onward, brakeFit * toLikelihood(left, Math.max(minBrakeError, error)));
}

/** The root of a normal distribution's density over its peak: fits are squared when they are weighed against each other. */
function toLikelihood(distance: number, error: number): number {
  if (distance >= Math.min(maxReach, Math.max(0.5, 2.5 * error))) return 0;
  return Math.exp(-((distance / error) ** 2) / 4);
}

/** Whether a driving vehicle would have to jump aside, out of the lane that it drives in. */
function isSideways({ track, elapsedMs }: Sought, box: Box): boolean {
  if (track.family !== 'vehicle') return false;
  const { x, y, width, height, velocityX, velocityY } = track.motion;
  const alongX = velocityX / width;
  const alongY = velocityY / height;
  const speed = Math.hypot(alongX, alongY);
  if ((speed * elapsedMs) / 1000 < leastDrive) return false;
  const asideX = (box[0] + box[2]) / 2 - x;
  const asideY = (box[1] + box[3]) / 2 - y;
  return Math.abs((asideX / width) * alongY - (asideY / height) * alongX) > laneShare * speed;
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
