import { applyHomography, type Box, type Homography, type Point, type Polygon } from '../domain/mod.ts';
import type { Family } from './family.ts';

/**
 * Where a thing stands on the ground, metres: the bottom edge of its box, and as deep from there, away from the camera, as
 * things of its family are at that width. `null` when the edge lies at the horizon or beyond. A box says nothing of depth,
 * so it is the family's: a vehicle seen from its side is as deep as it is wide in truth (1.8 m), one seen from its end as
 * deep as it is long (4.5 m), and in between what is left of both.
 */
export function toGroundFootprint(box: Box, family: Family, toMetres: Homography): Polygon | null {
  const left = applyHomography(toMetres, [box[0], box[3]]);
  const right = applyHomography(toMetres, [box[2], box[3]]);
  if (!(left.divisor > 0) || !(right.divisor > 0)) return null;
  const [a, b] = [left.point, right.point];
  const depthM = toDepthM(family, Math.hypot(b[0] - a[0], b[1] - a[1]));
  const [x, y] = toAway([(box[0] + box[2]) / 2, box[3]], toMetres);
  return [a, b, [b[0] + depthM * x, b[1] + depthM * y], [a[0] + depthM * x, a[1] + depthM * y]];
}

/** Direction on the ground, of length 1, that leads straight up in the picture: away from the camera. */
function toAway(at: Point, toMetres: Homography): Point {
  const { point, divisor } = applyHomography(toMetres, at);
  const [, b = 0, , , e = 0, , , k = 0] = toMetres;
  // derivative of the projection by y, upwards
  const x = (k * point[0] - b) / divisor;
  const y = (k * point[1] - e) / divisor;
  const length = Math.hypot(x, y);
  return [x / length, y / length];
}

function toDepthM(family: Family, widthM: number): number {
  switch (family) {
    case 'vehicle':
      return widthM > 6 ? 2.5 : toOtherSideM(widthM, 4.5, 1.8);
    case 'cycle':
      return toOtherSideM(widthM, 1.8, 0.6);
    case 'person':
      return 0.4;
    case 'bin':
    case 'overflow':
      return 0.6;
    case 'thing':
      return Math.min(1.5, Math.max(0.3, widthM));
    default:
      return family satisfies never;
  }
}

/** Depth of a thing of these sides that is seen at a width: as much of the one as there is not of the other. */
function toOtherSideM(widthM: number, lengthM: number, breadthM: number): number {
  return Math.min(lengthM, Math.max(breadthM, lengthM + breadthM - widthM));
}
