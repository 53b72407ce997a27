import { type Box, type Detection, toBoxArea, toIntersectionArea, toIou } from '../domain/mod.ts';
import { type Family, toFamily } from './family.ts';
import { duplicateIou, minDetectionScore, minNameScore, namedCover } from './tuning.ts';

/** A detection with its family, after one thing labelled twice has become one. */
export interface Observation {
  readonly detection: Detection;
  readonly family: Family;
  readonly box: Box;
  readonly score: number;
}

/**
 * Sorts by score and keeps the best of detections of one family that lie on one another, whatever their labels
 * (detectors report one van as car and as truck). An `object`, found by its having come and stayed, gives way to whatever has a
 * name: to a label on the same thing, and to what covers it for the most part: a parked car is no clutter. `standing` are boxes of
 * named things that are known to stand there although this sample misses them. Boxes without area and scores that are no number
 * are left out.
 */
export function suppressDuplicates(
  detections: readonly Detection[],
  standing: readonly Box[] = [],
): Observation[] {
  const sorted: Observation[] = [];
  let hasObjects = false;
  for (const detection of detections) {
    const { box, score } = detection;
    // the comparisons are false for NaN, so broken numbers go no further
    if (!(score >= minDetectionScore && box[2] > box[0] && box[3] > box[1])) continue;
    sorted.push({ detection, family: toFamily(detection.class), box, score });
    hasObjects ||= detection.class === 'object';
  }
  sorted.sort((a, b) => b.score - a.score || compareBoxes(a.box, b.box));
  const candidates = hasObjects ? sorted.filter((one) => !isNamed(one, sorted, standing)) : sorted;
  const kept: Observation[] = [];
  for (const observation of candidates) if (!isDuplicate(observation, kept)) kept.push(observation);
  return kept;
}

/** Whether an `object` is something that the sample or the tracks have a name for. */
function isNamed(one: Observation, all: readonly Observation[], standing: readonly Box[]): boolean {
  if (one.detection.class !== 'object') return false;
  if (standing.some((box) => isMostlyCovered(one.box, box))) return true;
  return all.some(
    (other) =>
      other.detection.class !== 'object' &&
      other.score >= minNameScore &&
      (isMostlyCovered(one.box, other.box) ||
        (other.family === one.family && toIou(one.box, other.box) > duplicateIou)),
  );
}

function isMostlyCovered(box: Box, by: Box): boolean {
  return toIntersectionArea(box, by) >= namedCover * toBoxArea(box);
}

function isDuplicate(observation: Observation, kept: readonly Observation[]): boolean {
  return kept.some(
    (better) => better.family === observation.family && toIou(better.box, observation.box) > duplicateIou,
  );
}

/** A fixed order for equal scores: the answer may not depend on the order in a batch. */
function compareBoxes(a: Box, b: Box): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}
