import type { FootageHold } from './ring-holds.ts';
import { type RingConnection, type Segment, toSegmentReach } from './ring-index.ts';

export interface RingLimits {
  readonly maxAgeMs: number;
  /** Of all that is not held. */
  readonly maxBytes: number;
  /** Of what is held for stays that may become requests; requests come first and have no limit. */
  readonly maxHeldBytes: number;
}

export interface RingUse {
  readonly plainBytes: number;
  readonly heldBytes: number;
  /** Holds of stays that did not fit into `maxHeldBytes`. */
  readonly overflowed: readonly string[];
}

interface PlacedSegment {
  readonly connection: RingConnection;
  readonly segment: Segment;
}

/**
 * Which segments to delete, oldest first: those too old or too much, and as many more as it takes to free `freeBytes`. Never one that
 * is being written (`isInUse` connections' newest) or held.
 */
export function choosePruned(
  connections: readonly RingConnection[],
  limits: RingLimits,
  holds: readonly FootageHold[],
  now: { readonly nowMs: number; readonly freeBytes: number; isInUse(dir: string): boolean },
): { readonly pruned: readonly Segment[]; readonly use: RingUse } {
  const all = connections.flatMap((connection) =>
    connection.segments.map((segment): PlacedSegment => ({ connection, segment })),
  );
  const held = new Set<Segment>();
  let heldBytes = 0;
  const keep = (segment: Segment): void => {
    if (held.has(segment)) return;
    held.add(segment);
    heldBytes += segment.bytes;
  };
  for (const hold of holds.filter(({ kind }) => kind === 'request'))
    for (const segment of findHeld(all, hold)) keep(segment);
  const overflowed: string[] = [];
  const standing = holds.filter(({ kind }) => kind === 'standing');
  for (const hold of standing.toSorted((a, b) => toStartMs(a) - toStartMs(b))) {
    const wanted = findHeld(all, hold).filter((segment) => !held.has(segment));
    const bytes = wanted.reduce((sum, segment) => sum + segment.bytes, 0);
    if (heldBytes + bytes > limits.maxHeldBytes) overflowed.push(hold.id);
    else wanted.forEach(keep);
  }
  const plain = all.filter(({ segment }) => !held.has(segment));
  let plainBytes = plain.reduce((sum, { segment }) => sum + segment.bytes, 0);
  let toFree = now.freeBytes;
  const pruned: Segment[] = [];
  for (const { connection, segment } of plain) {
    if (now.isInUse(connection.dir) && segment === connection.segments.at(-1)) continue;
    const isDue =
      now.nowMs - segment.writtenAtMs > limits.maxAgeMs || plainBytes > limits.maxBytes || toFree > 0;
    if (!isDue) continue;
    pruned.push(segment);
    plainBytes -= segment.bytes;
    toFree -= segment.bytes;
  }
  return { pruned, use: { plainBytes, heldBytes, overflowed } };
}

function findHeld(all: readonly PlacedSegment[], hold: FootageHold): Segment[] {
  return all
    .filter(({ connection, segment }) => {
      const reach = toSegmentReach(connection, segment);
      return (
        reach !== null && hold.stretches.some((one) => one.fromMs <= reach.toMs && one.toMs >= reach.fromMs)
      );
    })
    .map(({ segment }) => segment);
}

function toStartMs(hold: FootageHold): number {
  return Math.min(...hold.stretches.map(({ fromMs }) => fromMs));
}
