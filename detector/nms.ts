import { toIou } from '../domain/geometry.ts';
import type { Detection } from '../domain/mod.ts';

/**
 * Greedy non-maximum suppression within each class: keeps the best box and drops those that overlap it by more than
 * `maxIou`, then the next best. Returns at most `limit` detections, best first; equal scores keep their order.
 */
export function suppressOverlaps(
  detections: readonly Detection[],
  maxIou: number,
  limit: number,
): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of detections.toSorted((a, b) => b.score - a.score)) {
    if (kept.length >= limit) break;
    if (kept.some((other) => other.class === candidate.class && toIou(other.box, candidate.box) > maxIou))
      continue;
    kept.push(candidate);
  }
  return kept;
}
