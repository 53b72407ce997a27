import { applyHomography, type Box, type Homography, isInside, type Polygon } from '../domain/mod.ts';
import { clip, isConvex, toSharedArea, toSignedArea, toTriangles } from './clip.ts';
import type { Family } from './family.ts';
import { toGroundFootprint } from './footprint.ts';

interface Placed {
  readonly polygon: Polygon;
  readonly bounds: Box;
}

/** A zone and its exempt areas as they lie on the ground, metres. */
export interface GroundArea {
  readonly toMetres: Homography;
  readonly zone: Placed;
  readonly isConvex: boolean;
  readonly exempt: readonly Placed[];
  /** The zone in convex pieces; empty when nothing is exempt. */
  readonly pieces: readonly Polygon[];
}

export function toGroundArea(
  polygon: Polygon,
  exemptAreas: readonly Polygon[],
  toMetres: Homography,
): GroundArea {
  const zone = toPlaced(polygon, toMetres);
  return {
    toMetres,
    zone,
    isConvex: isConvex(zone.polygon),
    exempt: exemptAreas.map((area) => toPlaced(area, toMetres)),
    pieces: exemptAreas.length === 0 ? [] : toTriangles(zone.polygon),
  };
}

/** Part of a thing's footprint on the ground that lies in the zone and in no exempt area, 0-1. */
export function toGroundShare(box: Box, family: Family, area: GroundArea): number {
  const footprint = toGroundFootprint(box, family, area.toMetres);
  if (footprint === null) return 0;
  const whole = Math.abs(toSignedArea(footprint));
  if (!(whole > 0)) return 0;
  const bounds = toBounds(footprint);
  if (!isMeeting(bounds, area.zone.bounds)) return 0;
  const exempt = area.exempt.filter((placed) => isMeeting(bounds, placed.bounds));
  const { polygon } = area.zone;
  if (exempt.length === 0 && area.isConvex && footprint.every((corner) => isInside(corner, polygon)))
    return 1;
  if (exempt.length === 0) return toSharedArea(polygon, footprint) / whole;
  let shared = 0;
  for (const piece of area.pieces) {
    const part = clip(piece, footprint);
    if (part.length < 3) continue;
    const excepted = exempt.reduce((sum, placed) => sum + toSharedArea(placed.polygon, part), 0);
    shared += Math.max(0, Math.abs(toSignedArea(part)) - excepted);
  }
  return shared / whole;
}

function toPlaced(polygon: Polygon, toMetres: Homography): Placed {
  const placed = polygon.map((corner) => applyHomography(toMetres, corner).point);
  return { polygon: placed, bounds: toBounds(placed) };
}

function toBounds(polygon: Polygon): Box {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of polygon) {
    minX = Math.min(minX, x);
    minY = Math.min(minY, y);
    maxX = Math.max(maxX, x);
    maxY = Math.max(maxY, y);
  }
  return [minX, minY, maxX, maxY];
}

function isMeeting(a: Box, b: Box): boolean {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
}
