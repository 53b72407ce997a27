/** Numbers of COCO's detection evaluation. Source: class `Params` in cocoeval.py of cocodataset/cocoapi. */

/** 0.50, 0.55, ... 0.95, rounded as `numpy.linspace` rounds them: a box at exactly a threshold must fall the same way. */
export const iouThresholds: readonly number[] = Array.from({ length: 10 }, (_none, i) =>
  i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9),
);

/** The 101 recall points at which precision is read. */
export const recallPoints: readonly number[] = Array.from({ length: 101 }, (_none, i) => i * 0.01);

/** Detections that count per picture and category, best first. */
export const detectionLimits = [1, 10, 100] as const;
export const maxDetectionsCounted = 100;

export interface AreaRange {
  readonly min: number;
  readonly max: number;
}

/** Square pixels, both ends included. */
export const areaRanges = {
  all: { min: 0, max: 1e10 },
  small: { min: 0, max: 32 ** 2 },
  medium: { min: 32 ** 2, max: 96 ** 2 },
  large: { min: 96 ** 2, max: 1e10 },
} as const satisfies Record<string, AreaRange>;

export type AreaName = keyof typeof areaRanges;

/** An average over nothing, as COCO writes it. */
export const noFigure = -1;
