import { XunjieError } from '../domain/errors.ts';

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
  if (!Number.isFinite(cx + cy + width + height + score))
    throw new XunjieError(
      'model_failed',
      `the model gave a box that is no number: ${[cx, cy, width, height, score].join(', ')}`,
    );
  if (score > 1 + scoreSlack)
    throw new XunjieError(
      'model_failed',
      `the model gave a score of ${score.toPrecision(4)}; scores must lie in 0-1`,
    );
  return {
    x1: cx - width / 2,
    y1: cy - height / 2,
    x2: cx + width / 2,
    y2: cy + height / 2,
    score: Math.min(1, score),
    label,
  };
}

export function refuseNaN(row: number): never {
  throw new XunjieError(
    'model_failed',
    `the model gave a score that is not a number (NaN) in row ${row} of its output`,
  );
}
