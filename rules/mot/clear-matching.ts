import { assignLeastCost } from '../assign.ts';
import { isMatch, type MotFrame } from './sequence.ts';

export const clearConventions = ['motmetrics', 'trackeval'] as const;
/**
 * Whose reading of CLEAR MOT is followed where they differ. motmetrics: a pair is kept as long as it fits, also after
 * frames without it; a track is mostly tracked from 80 %; a fragment begins when a truth that is there is missed.
 * trackeval: a pair is kept from the last frame only; mostly tracked is more than 80 %; absence of the truth also
 * begins a fragment.
 */
export type ClearConvention = (typeof clearConventions)[number];

/** `result[i]`: index of the hypothesis that truth i of the frame has, -1 for none. `pairs`: hypothesis of each truth track. */
export function matchFrame(
  frame: MotFrame,
  pairs: ReadonlyMap<number, number>,
  convention: ClearConvention,
): Int32Array {
  switch (convention) {
    case 'motmetrics':
      return keepThenMatchMost(frame, pairs);
    case 'trackeval':
      return matchWithBonus(frame, pairs);
    default:
      return convention satisfies never;
  }
}

/** First the pairs that still fit, in the order of the lines; then as many pairs as possible, the nearest of them. */
function keepThenMatchMost(frame: MotFrame, pairs: ReadonlyMap<number, number>): Int32Array {
  const { truths, hypotheses, overlaps } = frame;
  const columns = hypotheses.length;
  const matched = new Int32Array(truths.length).fill(-1);
  const taken = new Set<number>();
  for (const [row, truth] of truths.entries()) {
    const kept = pairs.get(truth);
    const column = kept === undefined ? -1 : hypotheses.indexOf(kept);
    if (column === -1 || taken.has(column) || !isFit(overlaps[row * columns + column])) continue;
    matched[row] = column;
    taken.add(column);
  }
  const rows = [...truths.keys()].filter((row) => matched[row] === -1);
  const free = [...hypotheses.keys()].filter((column) => !taken.has(column));
  const noPair = 4 * Math.min(rows.length, free.length) + 1;
  const costs = new Float64Array(rows.length * free.length);
  for (const [r, row] of rows.entries())
    for (const [c, column] of free.entries()) {
      const overlap = overlaps[row * columns + column] as number;
      costs[r * free.length + c] = isFit(overlap) ? 1 - overlap : noPair;
    }
  for (const [r, c] of assignLeastCost(costs, rows.length, free.length).entries()) {
    if (c === -1 || costs[r * free.length + c] === noPair) continue;
    matched[rows[r] as number] = free[c] as number;
  }
  return matched;
}

function isFit(overlap: number | undefined): boolean {
  return overlap !== undefined && 1 - overlap <= 0.5;
}

/** One assignment in which going on with a pair weighs more than any overlap. */
function matchWithBonus(frame: MotFrame, pairs: ReadonlyMap<number, number>): Int32Array {
  const { truths, hypotheses, overlaps } = frame;
  const columns = hypotheses.length;
  const costs = overlaps.map((overlap, index) => {
    if (!isMatch(overlap)) return 0;
    const truth = truths[Math.floor(index / columns)] as number;
    return -overlap - (pairs.get(truth) === hypotheses[index % columns] ? 1000 : 0);
  });
  const matched = assignLeastCost(costs, truths.length, columns);
  for (const [row, column] of matched.entries())
    if (column !== -1 && costs[row * columns + column] === 0) matched[row] = -1;
  return matched;
}
