import { recallPoints } from './coco-rules.ts';

/** A detection after matching at one threshold; ignored ones are left out before. */
export interface Outcome {
  readonly score: number;
  readonly isRight: boolean;
}

/** Precision and recall when everything down to this score is reported. */
export interface CurvePoint {
  readonly score: number;
  readonly precision: number;
  readonly recall: number;
}

/** One point per detection, in the order given (best score first). `truths` must be above 0. */
export function toCurve(outcomes: readonly Outcome[], truths: number): CurvePoint[] {
  let right = 0;
  return outcomes.map(({ score, isRight }, i) => {
    if (isRight) right++;
    return { score, precision: right / (i + 1), recall: right / truths };
  });
}

/**
 * Average precision: the mean over 101 recall points of the best precision at that recall or above (0 where recall is
 * never reached). Source: `COCOeval.accumulate` in cocoeval.py of cocodataset/cocoapi.
 */
export function toAveragePrecision(curve: readonly CurvePoint[]): number {
  const envelope = new Float64Array(curve.length + 1);
  for (let i = curve.length - 1; i >= 0; i--)
    envelope[i] = Math.max((curve[i] as CurvePoint).precision, envelope[i + 1] as number);
  let at = 0;
  let sum = 0;
  for (const recall of recallPoints) {
    while (at < curve.length && (curve[at] as CurvePoint).recall < recall) at++;
    sum += envelope[at] as number; // beyond the last point it is 0
  }
  return sum / recallPoints.length;
}

/** The threshold with the highest F1, and what precision and recall it gives. */
export interface OperatingPoint {
  /** Report what scores at least this. */
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * Finds the threshold that maximises F1 = 2PR / (P + R); of equals the highest. `null` when no threshold finds anything.
 * Detections of one score stand or fall together, so only the last of them is a threshold.
 */
export function findBestF1(curve: readonly CurvePoint[]): OperatingPoint | null {
  let best: OperatingPoint | null = null;
  for (const [i, { score, precision, recall }] of curve.entries()) {
    if (curve[i + 1]?.score === score || recall === 0) continue;
    const f1 = (2 * precision * recall) / (precision + recall);
    if (best === null || f1 > best.f1) best = { threshold: score, precision, recall, f1 };
  }
  return best;
}
