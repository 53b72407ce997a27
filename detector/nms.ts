import { type Box, toIou } from '../domain/geometry.ts';

interface Scored {
  readonly score: number;
  readonly box: Box;
}

/**
 * Greedy non-maximum suppression within each kind (class or label): keeps the best box and drops those that overlap it
 * by more than `maxIou`, then the next best. Returns at most `limit`, best first; equal scores keep their order.
 */
export function suppressOverlaps<T extends Scored>(
  found: readonly T[],
  toKind: (each: T) => string | number,
  maxIou: number,
  limit: number,
): T[] {
  if (maxIou >= 1) return found.toSorted((a, b) => b.score - a.score).slice(0, limit);
  const kept: T[] = [];
  const keptOfKind = new Map<string | number, Box[]>();
  for (const candidate of found.toSorted((a, b) => b.score - a.score)) {
    if (kept.length >= limit) break;
    const kind = toKind(candidate);
    const rivals = keptOfKind.get(kind);
    if (rivals === undefined) keptOfKind.set(kind, [candidate.box]);
    else if (rivals.some((box) => toIou(box, candidate.box) > maxIou)) continue;
    else rivals.push(candidate.box);
    kept.push(candidate);
  }
  return kept;
}
