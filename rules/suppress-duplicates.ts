import { type Box, type Detection, toIou } from '../domain/mod.ts';
import { type Family, toFamily } from './family.ts';
import { duplicateIou, minDetectionScore } from './tuning.ts';

/** A detection with its family, after one thing labelled twice has become one. */
export interface Observation {
  readonly detection: Detection;
  readonly family: Family;
  readonly box: Box;
  readonly score: number;
}

/**
 * Sorts by score and keeps the best of detections of one family that lie on one another, whatever their labels
 * (detectors report one van as car and as truck). Boxes without area and scores that are no number are left out.
 */
export function suppressDuplicates(detections: readonly Detection[]): Observation[] {
  const sorted: Observation[] = [];
  for (const detection of detections) {
    const { box, score } = detection;
    // the comparisons are false for NaN, so broken numbers go no further
    if (!(score >= minDetectionScore && box[2] > box[0] && box[3] > box[1])) continue;
    sorted.push({ detection, family: toFamily(detection.class), box, score });
  }
  sorted.sort((a, b) => b.score - a.score || compareBoxes(a.box, b.box));
  const kept: Observation[] = [];
  for (const observation of sorted) if (!isDuplicate(observation, kept)) kept.push(observation);
  return kept;
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
