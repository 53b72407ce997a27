import { type ClearConvention, matchFrame } from './clear-matching.ts';
import type { MotSequence } from './sequence.ts';

/** CLEAR MOT (Bernardin and Stiefelhagen 2008) and the track shares of Li, Huang and Nevatia (2009). */
export interface ClearMetrics {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly misses: number;
  readonly switches: number;
  readonly fragments: number;
  readonly mostlyTracked: number;
  readonly partlyTracked: number;
  readonly mostlyLost: number;
  /** Sum of the overlaps (IoU) of all matched pairs. */
  readonly overlapSum: number;
}

interface TruthCount {
  frames: number;
  matched: number;
  /** Times at which it began to be tracked. */
  starts: number;
  isTracked: boolean;
}

export function computeClearMetrics(sequence: MotSequence, convention: ClearConvention): ClearMetrics {
  const counts = Array.from(
    { length: sequence.truthTracks },
    (): TruthCount => ({ frames: 0, matched: 0, starts: 0, isTracked: false }),
  );
  const lastPairs = new Map<number, number>();
  let framePairs = new Map<number, number>();
  let [truePositives, falsePositives, misses, switches, overlapSum] = [0, 0, 0, 0, 0];
  for (const frame of sequence.frames) {
    const { truths, hypotheses, overlaps } = frame;
    const matched = matchFrame(frame, convention === 'motmetrics' ? lastPairs : framePairs, convention);
    const pairs = new Map<number, number>();
    for (const [row, truth] of truths.entries()) {
      const count = counts[truth] as TruthCount;
      const column = matched[row] as number;
      count.frames++;
      if (column === -1) continue;
      const hypothesis = hypotheses[column] as number;
      const last = lastPairs.get(truth);
      if (last !== undefined && last !== hypothesis) switches++;
      pairs.set(truth, hypothesis);
      lastPairs.set(truth, hypothesis);
      overlapSum += overlaps[row * hypotheses.length + column] as number;
      count.matched++;
    }
    truePositives += pairs.size;
    falsePositives += hypotheses.length - pairs.size;
    misses += truths.length - pairs.size;
    // TrackEval passes over frames in which one side is empty
    if (convention === 'trackeval' && (truths.length === 0 || hypotheses.length === 0)) continue;
    framePairs = pairs;
    const watched = convention === 'trackeval' ? counts.keys() : truths;
    for (const truth of watched) noteTracked(counts[truth] as TruthCount, pairs.has(truth));
  }
  return {
    truePositives,
    falsePositives,
    misses,
    switches,
    fragments: counts.reduce((sum, count) => sum + Math.max(0, count.starts - 1), 0),
    ...countShares(counts, convention),
    overlapSum,
  };
}

function noteTracked(count: TruthCount, isTracked: boolean): void {
  if (isTracked && !count.isTracked) count.starts++;
  count.isTracked = isTracked;
}

function countShares(
  counts: readonly TruthCount[],
  convention: ClearConvention,
): Pick<ClearMetrics, 'mostlyTracked' | 'partlyTracked' | 'mostlyLost'> {
  const shares = counts.map((count) => count.matched / count.frames);
  const isMost = (share: number): boolean => (convention === 'motmetrics' ? share >= 0.8 : share > 0.8);
  const mostlyTracked = shares.filter(isMost).length;
  const mostlyLost = shares.filter((share) => share < 0.2).length;
  return { mostlyTracked, partlyTracked: shares.length - mostlyTracked - mostlyLost, mostlyLost };
}
