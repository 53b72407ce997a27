/** A point in picture coordinates, 0-1 from the left and from the top. */
export type Point = readonly [x: number, y: number];

/** An axis-parallel box [x1, y1, x2, y2] in picture coordinates, 0-1. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

/** A simple polygon in picture coordinates, at least three points, not repeated at the end. */
export type Polygon = readonly Point[];

export function toBoxArea(box: Box): number {
  return Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1]);
}

/** Area shared by two boxes, in squared picture widths times heights (0 when apart). */
export function toIntersectionArea(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union, 0-1; 0 for two empty boxes. */
export function toIou(a: Box, b: Box): number {
  const shared = toIntersectionArea(a, b);
  const union = toBoxArea(a) + toBoxArea(b) - shared;
  return union > 0 ? shared / union : 0;
}

/** Where a thing touches the ground: the middle of the box's bottom edge. */
export function toFootprint(box: Box): Point {
  return [(box[0] + box[2]) / 2, box[3]];
}

/** Whether a point lies inside a polygon or on its edge (even-odd rule). */
export function isInside(point: Point, polygon: Polygon): boolean {
  // Read by index: this runs for every box, rule and sample, and taking pairs apart costs as much as the test itself.
  const x = point[0];
  const y = point[1];
  let inside = false;
  let b = polygon.at(-1);
  for (const a of polygon) {
    if (b === undefined) return false;
    const ay = a[1];
    const by = b[1];
    if (isOnSegment(x, y, a[0], ay, b[0], by)) return true;
    if (ay > y !== by > y && x < ((b[0] - a[0]) * (y - ay)) / (by - ay) + a[0]) inside = !inside;
    b = a;
  }
  return inside;
}

const onEdgeTolerance = 1e-12;

function isOnSegment(x: number, y: number, ax: number, ay: number, bx: number, by: number): boolean {
  const cross = (x - ax) * (by - ay) - (y - ay) * (bx - ax);
  if (Math.abs(cross) > onEdgeTolerance) return false;
  return (
    x >= Math.min(ax, bx) - onEdgeTolerance &&
    x <= Math.max(ax, bx) + onEdgeTolerance &&
    y >= Math.min(ay, by) - onEdgeTolerance &&
    y <= Math.max(ay, by) + onEdgeTolerance
  );
}

/** Area of a polygon by the shoelace formula; 0 when all points lie on one line. */
export function toPolygonArea(polygon: Polygon): number {
  let twice = 0;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [ax, ay] = polygon[j] as Point;
    const [bx, by] = polygon[i] as Point;
    twice += ax * by - bx * ay;
  }
  return Math.abs(twice) / 2;
}
