import { type Box, toBoxArea, toIntersectionArea, toIou } from '../domain/mod.ts';
import { hiddenCover, restIou, restShift } from './tuning.ts';

/**
 * How far `box` as a whole has moved from `anchor`, in parts of the anchor's sides: the larger of both axes.
 * Only what both edges of an axis share counts: an edge that is cut by something in front, or that jitters, is no movement.
 */
export function toShift(box: Box, anchor: Box): number {
  const width = anchor[2] - anchor[0];
  const height = anchor[3] - anchor[1];
  const x = toCommon(box[0] - anchor[0], box[2] - anchor[2]);
  const y = toCommon(box[1] - anchor[1], box[3] - anchor[3]);
  return Math.max(x / width, y / height);
}

function toCommon(a: number, b: number): number {
  return a * b <= 0 ? 0 : Math.min(Math.abs(a), Math.abs(b));
}

/** Distance of centres in parts of the larger box's sides. */
export function toRelativeDistance(a: Box, b: Box): number {
  const x = (a[0] + a[2] - b[0] - b[2]) / 2 / Math.max(a[2] - a[0], b[2] - b[0]);
  const y = (a[1] + a[3] - b[1] - b[3]) / 2 / Math.max(a[3] - a[1], b[3] - b[1]);
  return Math.hypot(x, y);
}

/** The worse of both sides' ratios, 0-1: 1 for boxes of one size. */
export function toSizeRatio(a: Box, b: Box): number {
  const width = (a[2] - a[0]) / (b[2] - b[0]);
  const height = (a[3] - a[1]) / (b[3] - b[1]);
  return Math.min(width, 1 / width, height, 1 / height);
}

/** Part of `anchor` (0-1) that boxes nearer to the camera cover; nearer is what stands lower in the picture. */
export function toCover(anchor: Box, boxes: readonly Box[]): number {
  const bottom = anchor[3] + 0.05 * (anchor[3] - anchor[1]);
  let covered = 0;
  for (const box of boxes) if (box[3] > bottom) covered += toIntersectionArea(anchor, box);
  return Math.min(1, covered / toBoxArea(anchor));
}

export function isHidden(anchor: Box, boxes: readonly Box[]): boolean {
  return toCover(anchor, boxes) >= hiddenCover;
}

export type RestFit = 'full' | 'partial' | 'away';

/**
 * Whether `box` is the thing that rests at `anchor`: wholly, partly (what is missing lies behind another of the sample's `boxes`), or not.
 * `maxShift` is the part of the anchor's sides by which it may have moved.
 */
export function toRestFit(box: Box, anchor: Box, boxes: readonly Box[], maxShift: number): RestFit {
  if (toShift(box, anchor) > maxShift) return 'away';
  if (toIou(box, anchor) >= restIou) return 'full';
  const shared = toIntersectionArea(box, anchor);
  if (shared < 0.8 * toBoxArea(box)) return 'away';
  const missing = 1 - shared / toBoxArea(anchor);
  const others = boxes.filter((other) => other !== box);
  return toCover(anchor, others) >= missing / 2 ? 'partial' : 'away';
}

/**
 * Whether a thing that rests at `box` may be the one that rested at `anchor`: as good as unmoved, one within the other.
 * A box that reaches clearly lower stands nearer to the camera, so it is another thing, in front.
 */
export function isSamePlace(box: Box, anchor: Box): boolean {
  if (toShift(box, anchor) > restShift) return false;
  if (box[3] - anchor[3] > restShift * (anchor[3] - anchor[1])) return false;
  return isSameOutline(box, anchor);
}

/** As `isSamePlace`, for the same track: the anchor may have been the visible part of a half hidden thing. */
export function isSameOutline(box: Box, anchor: Box): boolean {
  if (toShift(box, anchor) > restShift) return false;
  if (toIou(box, anchor) >= 0.5) return true;
  const [small, large] = [toBoxArea(box), toBoxArea(anchor)].toSorted((a, b) => a - b) as [number, number];
  return small >= 0.35 * large && toIntersectionArea(box, anchor) >= 0.85 * small;
}

/** Whether a thing at `box` stands where the thing of `anchor` stood, so that both cannot be there. */
export function isTakingPlace(box: Box, anchor: Box): boolean {
  const height = anchor[3] - anchor[1];
  return (
    toIou(box, anchor) >= 0.4 &&
    toSizeRatio(box, anchor) >= 0.6 &&
    Math.abs(box[3] - anchor[3]) <= 0.25 * height
  );
}

/** Whether something first seen at `born` appeared at `anchor` rather than came to it. */
export function isBornInPlace(born: Box, anchor: Box): boolean {
  return toIntersectionArea(born, anchor) >= 0.6 * toBoxArea(born) || isSamePlace(born, anchor);
}
