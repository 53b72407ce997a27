import type { DetectionBatch, ViewProblem } from '../../domain/mod.ts';

/** The log of a camera whose wall clock was set by `byMs` before the batch at `index`; stream time goes on. */
export function setClock(batches: readonly DetectionBatch[], index: number, byMs: number): DetectionBatch[] {
  return batches.map((batch, i) =>
    i < index ? batch : { ...batch, capturedAtMs: batch.capturedAtMs + byMs },
  );
}

/** The log of a camera whose view was bad between two seconds of the stream. */
export function spoilView(
  batches: readonly DetectionBatch[],
  [view, fromS, toS]: readonly [problem: ViewProblem, fromS: number, toS: number],
): DetectionBatch[] {
  return batches.map((batch) =>
    batch.ptsMs >= fromS * 1000 && batch.ptsMs <= toS * 1000 ? { ...batch, view } : batch,
  );
}
