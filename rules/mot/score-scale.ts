/** Brings the confidences of one file to 0-1, as the tracker knows them. */
export type ScoreScale = (confidence: number) => number;

const scaleTop = 0.95;

/**
 * Chosen from a file's confidences, or a fair sample of them (`confidences`, any order):
 * - within 0-1: as they are; when even the best (19 of 20 are lower) stay below 0.7, stretched so that these reach 0.95;
 * - all the same: 1, they say nothing;
 * - any other range (margins of a classifier, sums of votes): by rank, for such files hold only what passed a threshold:
 *   the lowest tenth is below 0.5, the upper half above 0.7.
 */
export function chooseScoreScale(confidences: readonly number[]): ScoreScale {
  const sorted = confidences.toSorted((a, b) => a - b);
  const low = sorted[0];
  const high = sorted.at(-1);
  if (low === undefined || high === undefined || low === high) return () => 1;
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] as number;
  if (low >= 0 && high <= 1) {
    const best = at(0.95);
    const factor = best > 0 && best < 0.7 ? scaleTop / best : 1;
    return (confidence) => clamp(confidence * factor);
  }
  const steps = [
    [low, 0.1],
    [at(0.1), 0.5],
    [at(0.5), 0.7],
    [high, 1],
  ] as const;
  return (confidence) => {
    const next = steps.findIndex(([value]) => confidence < value);
    if (next === 0) return steps[0][1];
    const [from, fromScore] = steps.at(next - 1) ?? steps[0];
    const [to, toScore] = steps[next] ?? [from, fromScore];
    return to === from ? 1 : fromScore + ((confidence - from) / (to - from)) * (toScore - fromScore);
  };
}

function clamp(score: number): number {
  return Math.min(1, Math.max(0, score));
}
