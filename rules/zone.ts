import {
  type Box,
  type Ground,
  isInside,
  type Point,
  type Polygon,
  type Rule,
  toFootprint,
} from '../domain/mod.ts';
import type { Family } from './family.ts';
import { type GroundArea, toGroundArea, toGroundShare } from './ground-area.ts';

/** Part of a box's sides by which a footprint may lie outside before a thing that was inside is outside. */
const edgeMargin = 0.1;
/** Where the ground is known: part of the footprint that must lie in the zone for a thing to be in it ... */
const leastShare = 0.5;
/** ... and to stay in it. */
const leastStayShare = 0.35;

/** Where a rule holds. */
export interface ZoneArea {
  readonly polygon: Polygon;
  /** The smallest box around the polygon: most things on the street lie outside it. */
  readonly bounds: Box;
  readonly exempt: readonly Polygon[];
  /** The same in metres; `null` where the ground has not been measured. */
  readonly ground: GroundArea | null;
}

const lastAreas = new WeakMap<Rule, { readonly ground: Ground | null; readonly area: ZoneArea }>();

/** The area of a rule. Pure: it is kept with the rule only to save its computation at each sample. */
export function toZoneArea(rule: Rule, ground: Ground | null): ZoneArea {
  const last = lastAreas.get(rule);
  if (last !== undefined && last.ground === ground) return last.area;
  const { polygon, exemptAreas } = rule;
  const area: ZoneArea = {
    polygon,
    bounds: toBounds(polygon),
    exempt: exemptAreas,
    ground: ground === null ? null : toGroundArea(polygon, exemptAreas, ground.toMetres),
  };
  lastAreas.set(rule, { ground, area });
  return area;
}

/**
 * Whether a thing stands in the zone. What touches the ground decides, never the middle of the box: where the ground is
 * known, at least half of the thing's footprint lies in the zone and in no exempt area; elsewhere the middle of the box's
 * bottom edge does.
 */
export function isInZone(box: Box, family: Family, area: ZoneArea): boolean {
  if (area.ground !== null) return toGroundShare(box, family, area.ground) >= leastShare;
  return isCounted(toFootprint(box), area);
}

/** As `isInZone` for a thing that was inside: at an edge it stays inside until it is clearly out. */
export function isStillInZone(box: Box, family: Family, area: ZoneArea): boolean {
  if (area.ground !== null) return toGroundShare(box, family, area.ground) >= leastStayShare;
  const [x, y] = toFootprint(box);
  if (isCounted([x, y], area)) return true;
  const dx = edgeMargin * (box[2] - box[0]);
  const dy = edgeMargin * (box[3] - box[1]);
  return (
    isCounted([x - dx, y], area) ||
    isCounted([x + dx, y], area) ||
    isCounted([x, y - dy], area) ||
    isCounted([x, y + dy], area)
  );
}

function isCounted(point: Point, { polygon, bounds, exempt }: ZoneArea): boolean {
  const [x, y] = point;
  if (x < bounds[0] || y < bounds[1] || x > bounds[2] || y > bounds[3]) return false;
  if (!isInside(point, polygon)) return false;
  return exempt.length === 0 || !exempt.some((area) => isInside(point, area));
}

function toBounds(polygon: Polygon): Box {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
