import { isInside, type Point, type Polygon } from '../domain/mod.ts';

/** Area of a polygon, positive when its corners go the way in which x turns to y. */
export function toSignedArea(polygon: Polygon): number {
  let twice = 0;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [ax, ay] = polygon[j] as Point;
    const [bx, by] = polygon[i] as Point;
    twice += ax * by - bx * ay;
  }
  return twice / 2;
}

/** Area of the part of a simple polygon that lies in a convex one (Sutherland and Hodgman's clipping). */
export function toSharedArea(polygon: Polygon, window: Polygon): number {
  return Math.abs(toSignedArea(clip(polygon, window)));
}

/** The part of a simple polygon that lies in a convex window; where it falls apart, thin bridges of no area hold its pieces together. */
export function clip(polygon: Polygon, window: Polygon): Polygon {
  const side = Math.sign(toSignedArea(window));
  let left = polygon;
  for (let i = 0; i < window.length && left.length > 0; i++)
    left = clipBySide(left, window[i] as Point, window[(i + 1) % window.length] as Point, side);
  return left;
}

function clipBySide(polygon: Polygon, a: Point, b: Point, side: number): Polygon {
  const left: Point[] = [];
  let previous = polygon.at(-1) as Point;
  let previousTurn = side * toTurn(a, b, previous);
  for (const point of polygon) {
    const turn = side * toTurn(a, b, point);
    if (turn >= 0 !== previousTurn >= 0)
      left.push(interpolate(previous, point, previousTurn / (previousTurn - turn)));
    if (turn >= 0) left.push(point);
    previous = point;
    previousTurn = turn;
  }
  return left;
}

function interpolate(a: Point, b: Point, part: number): Point {
  return [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
}

function toTurn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/** Whether every corner of a simple polygon bends the same way. */
export function isConvex(polygon: Polygon): boolean {
  const side = Math.sign(toSignedArea(polygon));
  return polygon.every((point, i) => side * toTurnAt(polygon, i, point) >= 0);
}

function toTurnAt(polygon: Polygon, i: number, point: Point): number {
  const count = polygon.length;
  return toTurn(polygon[(i + count - 1) % count] as Point, point, polygon[(i + 1) % count] as Point);
}

/** Cuts a simple polygon into triangles, by its ears. */
export function toTriangles(polygon: Polygon): Polygon[] {
  const side = Math.sign(toSignedArea(polygon));
  const left = [...polygon];
  const triangles: Polygon[] = [];
  while (left.length > 3) {
    const index = left.findIndex((_, i) => isEar(left, i, side));
    // a polygon that is not quite simple has no ear at last: what is left is taken as it is
    const ear = index < 0 ? 0 : index;
    const count = left.length;
    triangles.push([left[(ear + count - 1) % count], left[ear], left[(ear + 1) % count]] as Point[]);
    left.splice(ear, 1);
  }
  return [...triangles, left].filter((triangle) => toSignedArea(triangle) !== 0);
}

function isEar(polygon: Polygon, i: number, side: number): boolean {
  const count = polygon.length;
  const before = polygon[(i + count - 1) % count] as Point;
  const tip = polygon[i] as Point;
  const after = polygon[(i + 1) % count] as Point;
  const turn = side * toTurn(before, tip, after);
  if (turn === 0) return true; // a corner on a straight side
  const ear = [before, tip, after];
  return turn > 0 && polygon.every((point) => ear.includes(point) || !isInside(point, ear));
}
