import { assignLeastCost } from '../assign.ts';
import { isMatch, type MotSequence } from './sequence.ts';

/** Identity measures (Ristani et al. 2016): boxes that bear the right name when each truth has one name for good. */
export interface IdentityMetrics {
  readonly idTruePositives: number;
  readonly idFalsePositives: number;
  readonly idMisses: number;
}

/** Who was together with whom, and in how many frames: truth track → hypothesis track → frames. */
type Meetings = ReadonlyMap<number, ReadonlyMap<number, number>>;

export function computeIdentityMetrics(sequence: MotSequence): IdentityMetrics {
  const meetings = countMeetings(sequence);
  let truths = 0;
  let hypotheses = 0;
  for (const frame of sequence.frames) {
    truths += frame.truths.length;
    hypotheses += frame.hypotheses.length;
  }
  // the cost of a pair is what it leaves unexplained, so the least cost is the most frames together
  const together = listGroups(meetings).reduce((sum, group) => sum + countTogether(group, meetings), 0);
  return {
    idTruePositives: together,
    idFalsePositives: hypotheses - together,
    idMisses: truths - together,
  };
}

function countMeetings(sequence: MotSequence): Map<number, Map<number, number>> {
  const meetings = new Map<number, Map<number, number>>();
  for (const { truths, hypotheses, overlaps } of sequence.frames)
    for (const [row, truth] of truths.entries())
      for (const [column, hypothesis] of hypotheses.entries()) {
        if (!isMatch(overlaps[row * hypotheses.length + column] as number)) continue;
        const met = meetings.get(truth) ?? new Map<number, number>();
        met.set(hypothesis, (met.get(hypothesis) ?? 0) + 1);
        meetings.set(truth, met);
      }
  return meetings;
}

/** Truths that share a hypothesis, directly or by way of others: each group is assigned by itself. */
function listGroups(meetings: Meetings): number[][] {
  const truthsOf = new Map<number, number[]>();
  for (const [truth, met] of meetings)
    for (const hypothesis of met.keys())
      truthsOf.set(hypothesis, [...(truthsOf.get(hypothesis) ?? []), truth]);
  const seen = new Set<number>();
  const groups: number[][] = [];
  for (const first of meetings.keys()) {
    if (seen.has(first)) continue;
    seen.add(first);
    const group = [first];
    for (const truth of group)
      for (const hypothesis of meetings.get(truth)?.keys() ?? [])
        for (const other of truthsOf.get(hypothesis) ?? []) {
          if (seen.has(other)) continue;
          seen.add(other);
          group.push(other);
        }
    groups.push(group);
  }
  return groups;
}

function countTogether(group: readonly number[], meetings: Meetings): number {
  const columns = new Map<number, number>();
  for (const truth of group)
    for (const hypothesis of meetings.get(truth)?.keys() ?? [])
      if (!columns.has(hypothesis)) columns.set(hypothesis, columns.size);
  const costs = new Float64Array(group.length * columns.size);
  for (const [row, truth] of group.entries())
    for (const [hypothesis, frames] of meetings.get(truth) ?? [])
      costs[row * columns.size + (columns.get(hypothesis) as number)] = -frames;
  let together = 0;
  for (const [row, column] of assignLeastCost(costs, group.length, columns.size).entries())
    if (column !== -1) together -= costs[row * columns.size + column] as number;
  return together;
}
