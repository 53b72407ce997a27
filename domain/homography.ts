import type { Point } from './geometry.ts';

/** Row-major 3x3, applied to [x, y, 1]. */
export type Homography = readonly number[];

/** Where a homography takes a point, and the divisor of that: its sign tells the side of the horizon. */
export function applyHomography(
  h: Homography,
  [x, y]: Point,
): { readonly point: Point; readonly divisor: number } {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, k = 0, l = 0] = h;
  const divisor = g * x + k * y + l;
  return { point: [(a * x + b * y + c) / divisor, (d * x + e * y + f) / divisor], divisor };
}

/**
 * The homography that takes `from` to `to` best (direct linear transform over normalised points: Hartley and Zisserman,
 * Multiple View Geometry, algorithm 4.2), scaled so that divisors are positive at the first point. At least four pairs,
 * of which some four have no three on a line on either side.
 */
export function fitHomography(from: readonly Point[], to: readonly Point[]): Homography {
  const source = normalise(from);
  const target = normalise(to);
  const normal = createZeros(9);
  for (const [index, [x, y]] of source.points.entries()) {
    const [u, v] = target.points[index] as Point;
    addOuter(normal, [-x, -y, -1, 0, 0, 0, u * x, u * y, u]);
    addOuter(normal, [0, 0, 0, -x, -y, -1, v * x, v * y, v]);
  }
  const h = multiply(multiply(target.inverse, findLeastEigenvector(normal)), source.forward);
  const { divisor } = applyHomography(h, from[0] as Point);
  const scale = Math.sign(divisor) / Math.hypot(...h);
  return h.map((value) => value * scale);
}

/** Moves points about their centre and to a mean distance of the square root of two from it. */
function normalise(points: readonly Point[]): {
  points: readonly Point[];
  forward: readonly number[];
  inverse: readonly number[];
} {
  const count = points.length;
  const centreX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const centreY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const spread = points.reduce((sum, [x, y]) => sum + Math.hypot(x - centreX, y - centreY), 0) / count;
  const scale = Math.SQRT2 / spread;
  return {
    points: points.map(([x, y]): Point => [(x - centreX) * scale, (y - centreY) * scale]),
    forward: [scale, 0, -centreX * scale, 0, scale, -centreY * scale, 0, 0, 1],
    inverse: [1 / scale, 0, centreX, 0, 1 / scale, centreY, 0, 0, 1],
  };
}

function createZeros(size: number): number[][] {
  return Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
}

function addOuter(matrix: number[][], row: readonly number[]): void {
  for (const [i, a] of row.entries())
    for (const [j, b] of row.entries()) (matrix[i] as number[])[j] = read(matrix, i, j) + a * b;
}

/** Of a symmetric matrix, by Jacobi rotations. */
function findLeastEigenvector(symmetric: readonly (readonly number[])[]): number[] {
  const size = symmetric.length;
  const matrix = symmetric.map((row) => [...row]);
  const vectors = createZeros(size);
  for (let i = 0; i < size; i++) (vectors[i] as number[])[i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let rest = 0;
    for (let p = 0; p < size; p++)
      for (let q = p + 1; q < size; q++) {
        rest += read(matrix, p, q) ** 2;
        rotate(matrix, vectors, p, q);
      }
    if (rest < 1e-30) break;
  }
  let least = 0;
  for (let i = 1; i < size; i++) if (read(matrix, i, i) < read(matrix, least, least)) least = i;
  return vectors.map((row) => row[least] as number);
}

/** Makes the entry at (p, q) zero. */
function rotate(matrix: number[][], vectors: number[][], p: number, q: number): void {
  const off = read(matrix, p, q);
  if (off === 0) return;
  const theta = (read(matrix, q, q) - read(matrix, p, p)) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cos = 1 / Math.hypot(t, 1);
  const sin = t * cos;
  for (const row of [...matrix, ...vectors]) turn(row, p, q, cos, sin);
  for (let k = 0; k < matrix.length; k++) {
    const [a, b] = [read(matrix, p, k), read(matrix, q, k)];
    (matrix[p] as number[])[k] = cos * a - sin * b;
    (matrix[q] as number[])[k] = sin * a + cos * b;
  }
}

function turn(row: number[], p: number, q: number, cos: number, sin: number): void {
  const [a, b] = [row[p] as number, row[q] as number];
  row[p] = cos * a - sin * b;
  row[q] = sin * a + cos * b;
}

function read(matrix: readonly (readonly number[])[], row: number, column: number): number {
  return matrix[row]?.[column] as number;
}

function multiply(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3];
    return [0, 1, 2].reduce((sum, k) => sum + (a[3 * row + k] as number) * (b[3 * k + column] as number), 0);
  });
}
