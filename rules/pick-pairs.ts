import { assignLeastCost } from './assign.ts';

/** A track that may have made an observation, both by index, and how well they fit: above 0, at most 1. */
export interface Pair {
  readonly track: number;
  readonly observation: number;
  readonly fit: number;
}

/**
 * The pairs that together fit best, each track and each observation in one at most. Fits count squared, so that one thing
 * that is surely where it was is not given up for two doubtful ones.
 */
export function pickBestPairs(pairs: readonly Pair[]): readonly Pair[] {
  if (pairs.length < 2) return pairs;
  const byTrack: Pair[][] = [];
  const byObservation: Pair[][] = [];
  let hasRivals = false;
  for (const pair of pairs) {
    const ofTrack = (byTrack[pair.track] ??= []);
    const ofObservation = (byObservation[pair.observation] ??= []);
    hasRivals ||= ofTrack.length > 0 || ofObservation.length > 0;
    ofTrack.push(pair);
    ofObservation.push(pair);
  }
  if (!hasRivals) return pairs;
  return listGroups(pairs, (pair) => [
    ...(byTrack[pair.track] ?? []),
    ...(byObservation[pair.observation] ?? []),
  ]).flatMap(assignGroup);
}

type Side = 'track' | 'observation';

/** Pairs that share a track or an observation, directly or by way of others. */
function listGroups(pairs: readonly Pair[], listRivals: (pair: Pair) => readonly Pair[]): Pair[][] {
  const seen = new Set<Pair>();
  const groups: Pair[][] = [];
  for (const first of pairs) {
    if (seen.has(first)) continue;
    const group = [first];
    seen.add(first);
    for (const pair of group)
      for (const rival of listRivals(pair)) {
        if (seen.has(rival)) continue;
        seen.add(rival);
        group.push(rival);
      }
    groups.push(group);
  }
  return groups;
}

function assignGroup(group: readonly Pair[]): readonly Pair[] {
  if (group.length === 1) return group;
  const rows = number(group, 'track');
  const columns = number(group, 'observation');
  const costs = new Float64Array(rows.size * columns.size);
  const cells = new Map<number, Pair>();
  for (const pair of group) {
    const cell = (rows.get(pair.track) as number) * columns.size + (columns.get(pair.observation) as number);
    costs[cell] = -(pair.fit * pair.fit);
    cells.set(cell, pair);
  }
  const picked: Pair[] = [];
  for (const [row, column] of assignLeastCost(costs, rows.size, columns.size).entries()) {
    const pair = column === -1 ? undefined : cells.get(row * columns.size + column);
    if (pair !== undefined) picked.push(pair);
  }
  return picked;
}

function number(group: readonly Pair[], side: Side): Map<number, number> {
  const numbers = new Map<number, number>();
  for (const pair of group) if (!numbers.has(pair[side])) numbers.set(pair[side], numbers.size);
  return numbers;
}
