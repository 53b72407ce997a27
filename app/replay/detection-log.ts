import type { DetectionBatch } from '../../domain/mod.ts';

/** Recorded detections, read as a stream: a week of a city's cameras does not fit into memory. */
export interface DetectionLog {
  /** In pieces; each camera's batches in the order in which they were recorded. */
  read(): AsyncIterable<readonly DetectionBatch[]>;
}

/** What of a log is wanted. Capture times, ends included; `null`: without bound. */
export interface LogPart {
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Empty: all. */
  readonly cameras: readonly string[];
}

/** Whether a batch belongs to the part. */
export function isWanted(
  { camera, capturedAtMs }: DetectionBatch,
  { fromMs, toMs, cameras }: LogPart,
): boolean {
  return (
    (fromMs === null || capturedAtMs >= fromMs) &&
    (toMs === null || capturedAtMs <= toMs) &&
    (cameras.length === 0 || cameras.includes(camera))
  );
}
