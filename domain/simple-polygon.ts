import type { Point, Polygon } from './geometry.ts';

/** Numbers of two sides (0: from the first corner to the second) of a polygon that cross or touch away from a shared corner; `null` for a simple one. */
export function findCrossingSides(polygon: Polygon): readonly [number, number] | null {
  const count = polygon.length;
  for (let i = 0; i < count; i++) {
    const [a, b] = [polygon[i], polygon[(i + 1) % count]] as [Point, Point];
    for (let j = i + 1; j < count; j++) {
      const [c, d] = [polygon[j], polygon[(j + 1) % count]] as [Point, Point];
      const isNext = j === i + 1;
      const isPrevious = (j + 1) % count === i;
      // neighbours share a corner: they may only not fold back onto one another
      if (isNext && isPrevious) continue;
      if (
        isNext
          ? isOnSide(d, a, b) || isOnSide(a, c, d)
          : isPrevious
            ? isOnSide(c, a, b) || isOnSide(b, c, d)
            : isTouching(a, b, c, d)
      )
        return [i, j];
    }
  }
  return null;
}

function isTouching(a: Point, b: Point, c: Point, d: Point): boolean {
  const [abc, abd, cda, cdb] = [toTurn(a, b, c), toTurn(a, b, d), toTurn(c, d, a), toTurn(c, d, b)];
  if (abc * abd < 0 && cda * cdb < 0) return true;
  return isOnSide(c, a, b) || isOnSide(d, a, b) || isOnSide(a, c, d) || isOnSide(b, c, d);
}

/** Twice the signed area of the triangle; its sign tells to which side c lies of the line from a to b. */
function toTurn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

function isOnSide(point: Point, a: Point, b: Point): boolean {
  return (
    Math.abs(toTurn(a, b, point)) <= 1e-12 &&
    (point[0] - a[0]) * (point[0] - b[0]) <= 0 &&
    (point[1] - a[1]) * (point[1] - b[1]) <= 0
  );
}
