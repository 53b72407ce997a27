import { XunjieError } from '../domain/errors.ts';
import type { Layout } from './model-card.ts';

/** One decoded row of a model's output, before non-maximum suppression. */
export interface RawBox {
  /** Corners in input pixels. */
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly score: number;
  /** Index into the card's labels. */
  readonly label: number;
}

export interface DecodeOptions {
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly labelCount: number;
  readonly minScore: number;
  /** Report a box under every label above `minScore`, as the evaluation programs of YOLOv5 and v8 do, or its best one. */
  readonly everyLabel: boolean;
  readonly layout: Layout;
}

const scoreSlack = 1e-3;

/**
 * Builds a raw box from centre, size and score.
 * @throws XunjieError `model_failed` when a number is not finite or the score is no probability.
 */
export function toRawBox(
  cx: number,
  cy: number,
  width: number,
  height: number,
  score: number,
  label: number,
): RawBox {
  return toCornerBox(cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2, score, label);
}

/** Builds a raw box from its corners. @throws XunjieError as `toRawBox`. */
export function toCornerBox(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  score: number,
  label: number,
): RawBox {
  if (!Number.isFinite(x1 + y1 + x2 + y2 + score))
    throw new XunjieError(
      'model_failed',
      `the model gave a box that is no number: ${[x1, y1, x2, y2, score].join(', ')}`,
    );
  if (score > 1 + scoreSlack)
    throw new XunjieError(
      'model_failed',
      `the model gave a score of ${score.toPrecision(4)}; scores must lie in 0-1`,
    );
  return { x1, y1, x2, y2, score: Math.min(1, score), label };
}

export function refuseNaN(row: number): never {
  throw new XunjieError(
    'model_failed',
    `the model gave a score that is not a number (NaN) in row ${row} of its output`,
  );
}

/** Calls back for each label of a row whose score reaches the threshold: the best alone, or every one. */
export function pickLabels(
  scores: Float32Array,
  start: number,
  step: number,
  row: number,
  factor: number,
  { labelCount, minScore, everyLabel }: DecodeOptions,
  found: (label: number, score: number) => void,
): void {
  let best = 0;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let label = 0; label < labelCount; label++) {
    const score = factor * (scores[start + label * step] as number);
    if (Number.isNaN(score)) refuseNaN(row);
    if (everyLabel && score >= minScore) found(label, score);
    if (score > bestScore) {
      bestScore = score;
      best = label;
    }
  }
  if (!everyLabel && bestScore >= minScore) found(best, bestScore);
}
