import { type Box, type ObjectClass, toBoxArea, toIntersectionArea } from '../domain/mod.ts';

/** Something at rest under the name the detector gives it. */
export interface Part {
  readonly class: ObjectClass;
  readonly box: Box;
}

/** What makes a stall: the lower, the more it says where the stall is. */
export function toStallRank(objectClass: ObjectClass): number {
  if (objectClass === 'vendor_stall') return 0;
  if (objectClass === 'cart' || objectClass === 'tricycle') return 1;
  return objectClass === 'umbrella' ? 2 : 3;
}

/**
 * Whether two things at rest are parts of one stall: a table and the umbrella over it, a cart and the goods before it. Two of a kind
 * are two stalls, however near they stand, unless their boxes are mostly one.
 */
export function isOneStall(a: Part, b: Part): boolean {
  const [rankA, rankB] = [toStallRank(a.class), toStallRank(b.class)];
  const smaller = Math.min(toBoxArea(a.box), toBoxArea(b.box));
  const shared = toIntersectionArea(a.box, b.box) / smaller;
  if (shared >= mostly) return true;
  if (rankA === rankB) return false;
  if (shared >= 0.05) return true;
  if (rankA === 2 || rankB === 2) return isUnder(a, b);
  return Math.max(rankA, rankB) === 3 && isBeside(a.box, b.box);
}

/** Whether one of two boxes lies mostly within the other. */
export function isNested(a: Box, b: Box): boolean {
  return toIntersectionArea(a, b) >= mostly * Math.min(toBoxArea(a), toBoxArea(b));
}

const mostly = 0.6;

/** Whether the one of two that is no umbrella stands under the other, which is. */
function isUnder(a: Part, b: Part): boolean {
  const [umbrella, thing] = a.class === 'umbrella' ? [a.box, b.box] : [b.box, a.box];
  const width = Math.min(umbrella[2] - umbrella[0], thing[2] - thing[0]);
  const beneath = Math.min(umbrella[2], thing[2]) - Math.max(umbrella[0], thing[0]);
  const gap = thing[1] - umbrella[3];
  return beneath >= 0.5 * width && thing[3] >= umbrella[3] && gap <= umbrella[3] - umbrella[1];
}

/** Goods lie against what they are sold from. */
function isBeside(a: Box, b: Box): boolean {
  const x = Math.max(a[0] - b[2], b[0] - a[2]);
  const y = Math.max(a[1] - b[3], b[1] - a[3]);
  return x <= 0.15 * Math.max(a[2] - a[0], b[2] - b[0]) && y <= 0.15 * Math.max(a[3] - a[1], b[3] - b[1]);
}
