import type { ViewProblem } from './camera.ts';
import type { Box } from './geometry.ts';
import type { ObjectClass } from './object-class.ts';

/** One thing seen in one frame. */
export interface Detection {
  readonly class: ObjectClass;
  /** Confidence 0-1. */
  readonly score: number;
  readonly box: Box;
}

/** Which model saw it; part of the evidence. */
export interface ModelRef {
  readonly name: string;
  /** SHA-256 of the weights, lower-case hex. */
  readonly sha256: string;
}

/** Everything a detector says about one sampled frame. About 1 kB as JSON; frames themselves never travel. */
export interface DetectionBatch {
  readonly v: 1;
  readonly camera: string;
  /** Presentation time stamp of the frame in the stream, milliseconds. */
  readonly ptsMs: number;
  /** Wall-clock time of capture, milliseconds since the epoch: the only clock that rules know. */
  readonly capturedAtMs: number;
  /** Declared bound of the capture clock's error, milliseconds; `null` when nothing is known of it. */
  readonly clockErrorMs: number | null;
  /** Full-resolution picture size, pixels. */
  readonly width: number;
  readonly height: number;
  /** `null` for recorded detections that no model made. */
  readonly model: ModelRef | null;
  readonly detections: readonly Detection[];
  /** What was wrong with the camera's view in this frame; absent: nothing known to be. Rules suspend a moved view's zones. */
  readonly view?: ViewProblem;
}
