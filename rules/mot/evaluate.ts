import type { ClearConvention } from './clear-matching.ts';
import { computeClearMetrics } from './clear-metrics.ts';
import { computeHota } from './hota.ts';
import { computeIdentityMetrics } from './identity-metrics.ts';
import type { MotSequence } from './sequence.ts';

/** The figures under the names that the benchmarks print. Shares are 0-1; `null` where nothing was there to divide by. */
export interface MotFigures {
  readonly IDF1: number | null;
  readonly IDP: number | null;
  readonly IDR: number | null;
  readonly recall: number | null;
  readonly precision: number | null;
  /** Tracks of the ground truth. */
  readonly GT: number;
  readonly MT: number;
  readonly PT: number;
  readonly ML: number;
  readonly FP: number;
  readonly FN: number;
  readonly IDs: number;
  readonly FM: number;
  readonly MOTA: number | null;
  /** Mean overlap (IoU) of the matched boxes: higher is better. The mean distance that others print is 1 less this. */
  readonly MOTP: number | null;
  readonly HOTA: number | null;
  readonly DetA: number | null;
  readonly AssA: number | null;
  readonly LocA: number | null;
}

export function evaluateTracking(sequence: MotSequence, convention: ClearConvention): MotFigures {
  const clear = computeClearMetrics(sequence, convention);
  const identity = computeIdentityMetrics(sequence);
  const hota = computeHota(sequence);
  const truths = clear.truePositives + clear.misses;
  const found = clear.truePositives + clear.falsePositives;
  const isEmpty = truths + found === 0;
  return {
    IDF1: toShare(2 * identity.idTruePositives, truths + found),
    IDP: toShare(identity.idTruePositives, found),
    IDR: toShare(identity.idTruePositives, truths),
    recall: toShare(clear.truePositives, truths),
    precision: toShare(clear.truePositives, found),
    GT: sequence.truthTracks,
    MT: clear.mostlyTracked,
    PT: clear.partlyTracked,
    ML: clear.mostlyLost,
    FP: clear.falsePositives,
    FN: clear.misses,
    IDs: clear.switches,
    FM: clear.fragments,
    MOTA: toShare(truths - clear.misses - clear.falsePositives - clear.switches, truths),
    MOTP: toShare(clear.overlapSum, clear.truePositives),
    HOTA: isEmpty ? null : hota.hota,
    DetA: isEmpty ? null : hota.detA,
    AssA: isEmpty ? null : hota.assA,
    LocA: isEmpty ? null : hota.locA,
  };
}

function toShare(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
