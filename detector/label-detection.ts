import type { Box } from '../domain/geometry.ts';

/** A thing under the model's own label, for evaluation; detections in service carry Xunjie's classes. */
export interface LabelDetection {
  /** Index into the card's labels. */
  readonly label: number;
  readonly score: number;
  /** 0-1 of the picture. */
  readonly box: Box;
}

/** What a caller may set other than the card does. */
export interface ThresholdOverrides {
  /** Lowest score reported. */
  readonly score?: number;
  /** Boxes of one label that overlap more than this are one thing. */
  readonly nmsIou?: number;
  /** Most things reported per picture, the best ones. */
  readonly maxDetections?: number;
}

/** In which terms a model reports: Xunjie's classes, or its own labels. */
export type Report = 'classes' | 'labels';
