/** Weights of one axis: target line `i` is the sum of `weights[i * taps + k] * source[starts[i] + k]`. */
interface Axis {
  readonly taps: number;
  readonly starts: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Resizes RGB24 line by line with a triangle filter: bilinear when it enlarges, widened to cover every source pixel
 * when it shrinks, so that thin things do not fall between samples. `onLine` gets each line from the top as floats 0-255,
 * three per pixel; the same memory serves every line.
 */
export function resizeLines(
  pixels: Uint8Array,
  sourceWidth: number,
  sourceHeight: number,
  width: number,
  height: number,
  onLine: (y: number, line: Float32Array) => void,
): void {
  const rows = squeezeRows(pixels, sourceWidth, sourceHeight, width);
  const down = findAxis(sourceHeight, height);
  const length = width * 3;
  const line = new Float32Array(length);
  for (let y = 0; y < height; y++) {
    line.fill(0);
    const first = down.starts[y] as number;
    for (let k = 0; k < down.taps; k++) {
      const weight = down.weights[y * down.taps + k] as number;
      if (weight === 0) continue;
      const row = (first + k) * length;
      for (let i = 0; i < length; i++) line[i] = (line[i] as number) + weight * (rows[row + i] as number);
    }
    onLine(y, line);
  }
}

/** Memory of the last picture's rows: pictures of one camera have one size, and a megabyte to clear takes its time. */
let spare = new Float32Array(0);

function squeezeRows(
  pixels: Uint8Array,
  sourceWidth: number,
  sourceHeight: number,
  width: number,
): Uint8Array | Float32Array {
  if (sourceWidth === width) return pixels;
  const { taps, starts, weights } = findAxis(sourceWidth, width);
  if (spare.length < sourceHeight * width * 3) spare = new Float32Array(sourceHeight * width * 3);
  const rows = spare;
  let to = 0;
  for (let y = 0; y < sourceHeight; y++) {
    const line = y * sourceWidth;
    for (let x = 0, weightAt = 0; x < width; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let at = (line + (starts[x] as number)) * 3;
      for (const end = weightAt + taps; weightAt < end; weightAt++, at += 3) {
        const weight = weights[weightAt] as number;
        red += weight * (pixels[at] as number);
        green += weight * (pixels[at + 1] as number);
        blue += weight * (pixels[at + 2] as number);
      }
      rows[to++] = red;
      rows[to++] = green;
      rows[to++] = blue;
    }
  }
  return rows;
}

const axes = new Map<string, Axis>();
const maxAxes = 64;

/** Weights are worked out once per pair of sizes; a detector sees few of them. */
function findAxis(source: number, target: number): Axis {
  const key = `${source}:${target}`;
  const known = axes.get(key);
  if (known !== undefined) return known;
  const axis = toAxis(source, target);
  if (axes.size >= maxAxes) axes.clear();
  axes.set(key, axis);
  return axis;
}

function toAxis(source: number, target: number): Axis {
  const step = source / target;
  const reach = Math.max(1, step);
  // So many source pixels lie strictly within the reach of any centre.
  const taps = Math.min(source, Math.ceil(reach * 2));
  const starts = new Int32Array(target);
  const weights = new Float32Array(target * taps);
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) * step - 0.5;
    const start = Math.min(Math.max(0, Math.floor(centre - reach) + 1), source - taps);
    starts[i] = start;
    let total = 0;
    for (let k = 0; k < taps; k++) total += toTriangle((start + k - centre) / reach);
    for (let k = 0; k < taps; k++) weights[i * taps + k] = toTriangle((start + k - centre) / reach) / total;
  }
  return { taps, starts, weights };
}

function toTriangle(distance: number): number {
  return Math.max(0, 1 - Math.abs(distance));
}
