import { assignLeastCost } from '../assign.ts';
import type { MotFrame, MotSequence } from './sequence.ts';

/** Higher order tracking accuracy (Luiten et al. 2021) and its parts, each the mean over overlaps 0.05, 0.10, ... 0.95. */
export interface HotaMetrics {
  readonly hota: number;
  readonly detA: number;
  readonly assA: number;
  /** Mean overlap of the matches; 1 at overlaps at which nothing matches, as TrackEval has it. */
  readonly locA: number;
}

const alphas = Array.from({ length: 19 }, (_, index) => 0.05 + index * 0.05);

/** What is counted for one alpha. `together`: frames by pair of tracks. */
interface AlphaCount {
  matches: number;
  overlapSum: number;
  readonly together: Map<number, number>;
}

export function computeHota(sequence: MotSequence): HotaMetrics {
  const lengths = countLengths(sequence);
  const alignments = toAlignments(sequence, lengths);
  const counts = alphas.map((): AlphaCount => ({ matches: 0, overlapSum: 0, together: new Map() }));
  for (const frame of sequence.frames) {
    const { truths, hypotheses, overlaps } = frame;
    const columns = hypotheses.length;
    const costs = overlaps.map((overlap, index) => {
      if (overlap === 0) return 0;
      return -overlap * (alignments.get(toPair(sequence, frame, index)) ?? 0);
    });
    for (const [row, column] of assignLeastCost(costs, truths.length, columns).entries()) {
      if (column === -1) continue;
      const index = row * columns + column;
      const overlap = overlaps[index] as number;
      const pair = toPair(sequence, frame, index);
      for (const [a, alpha] of alphas.entries()) {
        if (overlap < alpha - Number.EPSILON) break;
        const count = counts[a] as AlphaCount;
        count.matches++;
        count.overlapSum += overlap;
        count.together.set(pair, (count.together.get(pair) ?? 0) + 1);
      }
    }
  }
  const truthBoxes = toSum(lengths.truths);
  const hypothesisBoxes = toSum(lengths.hypotheses);
  const parts = counts.map((count) => {
    const detA = count.matches / Math.max(1, truthBoxes + hypothesisBoxes - count.matches);
    const assA = toAssA(sequence, lengths, count);
    const locA = count.matches === 0 ? 1 : count.overlapSum / count.matches;
    return { hota: Math.sqrt(detA * assA), detA, assA, locA };
  });
  const toMean = (name: keyof HotaMetrics): number => toSum(parts.map((part) => part[name])) / parts.length;
  return { hota: toMean('hota'), detA: toMean('detA'), assA: toMean('assA'), locA: toMean('locA') };
}

interface Lengths {
  readonly truths: readonly number[];
  readonly hypotheses: readonly number[];
}

function countLengths(sequence: MotSequence): Lengths {
  const truths = Array.from({ length: sequence.truthTracks }, () => 0);
  const hypotheses = Array.from({ length: sequence.hypothesisTracks }, () => 0);
  for (const frame of sequence.frames) {
    for (const truth of frame.truths) truths[truth] = (truths[truth] as number) + 1;
    for (const one of frame.hypotheses) hypotheses[one] = (hypotheses[one] as number) + 1;
  }
  return { truths, hypotheses };
}

/** How well two tracks fit as wholes: the overlap they share in each frame over all they could share. By pair. */
function toAlignments(sequence: MotSequence, lengths: Lengths): Map<number, number> {
  const shared = new Map<number, number>();
  for (const frame of sequence.frames) {
    const { overlaps, hypotheses } = frame;
    const columns = hypotheses.length;
    const rowSums = frame.truths.map((_, row) =>
      toSum(overlaps.subarray(row * columns, (row + 1) * columns)),
    );
    const columnSums = hypotheses.map((_, column) =>
      toSum(frame.truths.map((_truth, row) => overlaps[row * columns + column] as number)),
    );
    for (const [index, overlap] of overlaps.entries()) {
      if (overlap === 0) continue;
      const all =
        (rowSums[Math.floor(index / columns)] as number) + (columnSums[index % columns] as number) - overlap;
      const pair = toPair(sequence, frame, index);
      if (all > Number.EPSILON) shared.set(pair, (shared.get(pair) ?? 0) + overlap / all);
    }
  }
  for (const [pair, share] of shared) shared.set(pair, share / (toUnion(sequence, lengths, pair) - share));
  return shared;
}

function toAssA(sequence: MotSequence, lengths: Lengths, count: AlphaCount): number {
  let weighted = 0;
  for (const [pair, frames] of count.together)
    weighted += (frames * frames) / Math.max(1, toUnion(sequence, lengths, pair) - frames);
  return weighted / Math.max(1, count.matches);
}

/** Boxes of both tracks of a pair. */
function toUnion(sequence: MotSequence, lengths: Lengths, pair: number): number {
  const truth = Math.floor(pair / sequence.hypothesisTracks);
  return (
    (lengths.truths[truth] as number) +
    (lengths.hypotheses[pair - truth * sequence.hypothesisTracks] as number)
  );
}

/** One number for the tracks of a frame's place `index` in its overlaps. */
function toPair(sequence: MotSequence, frame: MotFrame, index: number): number {
  const columns = frame.hypotheses.length;
  const truth = frame.truths[Math.floor(index / columns)] as number;
  return truth * sequence.hypothesisTracks + (frame.hypotheses[index % columns] as number);
}

function toSum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
