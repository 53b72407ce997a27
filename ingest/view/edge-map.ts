import type { Plane } from './grey.ts';

/**
 * Where a picture has edges and how they lie, whatever its light: of each pixel the gradient with its angle doubled (so that a bright
 * edge on dark is the same as a dark one on bright) and a length of 0-1 that says how it stands out from its surroundings.
 */
export interface EdgeMap {
  readonly width: number;
  readonly height: number;
  readonly along: Float32Array;
  readonly across: Float32Array;
}

export function createEdgeMap(width: number, height: number): EdgeMap {
  const size = width * height;
  return { width, height, along: new Float32Array(size), across: new Float32Array(size) };
}

/** Pixels on a side of the cells whose mean gradient is the measure of their surroundings. */
const cell = 8;
/** Gradients (grey levels over two pixels) that quantisation and noise make; below them there is no edge. */
const leastGradient = 3;
/** The picture's rim is left out: clocks and captions stand there, and gradients are one-sided. */
const rim = 2;

export interface EdgeFinder {
  /** Writes the edges of a plane of the finder's size. */
  write(plane: Plane, to: EdgeMap): void;
}

export function createEdgeFinder(width: number, height: number): EdgeFinder {
  const columns = Math.ceil(width / cell);
  const sums = new Float32Array(columns * Math.ceil(height / cell));
  const counts = new Float32Array(sums.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y >> 3) * columns + (x >> 3);
      counts[at] = (counts[at] as number) + 1;
    }
  const squares = new Float32Array(width * height);
  return {
    write({ values }, { along, across }) {
      sums.fill(0);
      along.fill(0);
      across.fill(0);
      for (let y = rim; y < height - rim; y++)
        for (let x = rim, at = y * width + rim; x < width - rim; x++, at++) {
          const dx = (values[at + 1] as number) - (values[at - 1] as number);
          const dy = (values[at + width] as number) - (values[at - width] as number);
          const square = dx * dx + dy * dy;
          squares[at] = square;
          along[at] = dx * dx - dy * dy;
          across[at] = 2 * dx * dy;
          const in_ = (y >> 3) * columns + (x >> 3);
          sums[in_] = (sums[in_] as number) + Math.sqrt(square);
        }
      for (let y = rim; y < height - rim; y++)
        for (let x = rim, at = y * width + rim; x < width - rim; x++, at++) {
          const in_ = (y >> 3) * columns + (x >> 3);
          const around = leastGradient + (sums[in_] as number) / (counts[in_] as number);
          const square = squares[at] as number;
          // |gradient|^2 * weight / |gradient|^2, with weight = square / (square + around^2)
          const scale = 1 / (square + around * around);
          along[at] = (along[at] as number) * scale;
          across[at] = (across[at] as number) * scale;
        }
    },
  };
}

/** Moves `mean` towards `map` by `share` 0-1: what stays put remains, what moves fades. */
export function blendEdges(mean: EdgeMap, map: EdgeMap, share: number): void {
  blend(mean.along, map.along, share);
  blend(mean.across, map.across, share);
}

function blend(mean: Float32Array, values: Float32Array, share: number): void {
  for (let at = 0; at < mean.length; at++)
    mean[at] = (mean[at] as number) + share * ((values[at] as number) - (mean[at] as number));
}

/** How alike two maps are where they lie: 1 the same, about 0 unrelated. */
export function compareEdges(a: EdgeMap, b: EdgeMap): number {
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let at = 0; at < a.along.length; at++) {
    const ax = a.along[at] as number;
    const ay = a.across[at] as number;
    const bx = b.along[at] as number;
    const by = b.across[at] as number;
    product += ax * bx + ay * by;
    squareA += ax * ax + ay * ay;
    squareB += bx * bx + by * by;
  }
  return squareA === 0 || squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
}

/** Root mean square length: how much structure a map has, 0-1. */
export function measureStructure({ along, across }: EdgeMap): number {
  let sum = 0;
  for (let at = 0; at < along.length; at++) {
    const x = along[at] as number;
    const y = across[at] as number;
    sum += x * x + y * y;
  }
  return Math.sqrt(sum / along.length);
}

/** The map at half the size, each pixel the mean of four; an odd last row or column is left out. */
export function halveEdges(map: EdgeMap, to: EdgeMap): void {
  halve(map.along, map.width, to.along, to.width, to.height);
  halve(map.across, map.width, to.across, to.width, to.height);
}

function halve(from: Float32Array, fromWidth: number, to: Float32Array, width: number, height: number): void {
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = 2 * y * fromWidth + 2 * x;
      to[y * width + x] =
        ((from[at] as number) +
          (from[at + 1] as number) +
          (from[at + fromWidth] as number) +
          (from[at + fromWidth + 1] as number)) /
        4;
    }
}
