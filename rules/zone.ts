import { type Box, isInside, type Polygon, toFootprint } from '../domain/mod.ts';

/** Part of a box's sides by which a footprint may lie outside before a thing that was inside is outside. */
const edgeMargin = 0.1;

/** Whether a thing stands in the zone: its footprint, the middle of the box's bottom edge, lies in the polygon. */
export function isInZone(box: Box, polygon: Polygon): boolean {
  return isInside(toFootprint(box), polygon);
}

/** As `isInZone` for a thing that was inside: at the edge it stays inside until it is clearly out. */
export function isStillInZone(box: Box, polygon: Polygon): boolean {
  const [x, y] = toFootprint(box);
  if (isInside([x, y], polygon)) return true;
  const dx = edgeMargin * (box[2] - box[0]);
  const dy = edgeMargin * (box[3] - box[1]);
  return (
    isInside([x - dx, y], polygon) ||
    isInside([x + dx, y], polygon) ||
    isInside([x, y - dy], polygon) ||
    isInside([x, y + dy], polygon)
  );
}
