/** Weights of one axis: target line `i` is the sum of `weights[i * taps + k] * source[starts[i] + k]`. */
interface Axis {
  readonly taps: number;
  readonly starts: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Resizes RGB24 to three planes (R, G, B) of floats 0-255 with a triangle filter: bilinear when it enlarges,
 * widened to cover every source pixel when it shrinks, so that thin things do not fall between samples.
 */
export function resizeToPlanes(
  pixels: Uint8Array,
  sourceWidth: number,
  sourceHeight: number,
  width: number,
  height: number,
): Float32Array {
  const across = toAxis(sourceWidth, width);
  const down = toAxis(sourceHeight, height);
  const planeSize = width * height;
  const planes = new Float32Array(planeSize * 3);
  const rows = squeezeRows(pixels, sourceWidth, sourceHeight, width, across);
  for (let y = 0; y < height; y++) {
    const first = down.starts[y] as number;
    for (let k = 0; k < down.taps; k++) {
      const weight = down.weights[y * down.taps + k] as number;
      if (weight === 0) continue;
      const row = (first + k) * width * 3;
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        planes[at] = (planes[at] as number) + weight * (rows[row + x * 3] as number);
        planes[planeSize + at] =
          (planes[planeSize + at] as number) + weight * (rows[row + x * 3 + 1] as number);
        planes[2 * planeSize + at] =
          (planes[2 * planeSize + at] as number) + weight * (rows[row + x * 3 + 2] as number);
      }
    }
  }
  return planes;
}

function squeezeRows(
  pixels: Uint8Array,
  sourceWidth: number,
  sourceHeight: number,
  width: number,
  axis: Axis,
): Float32Array {
  const rows = new Float32Array(sourceHeight * width * 3);
  for (let y = 0; y < sourceHeight; y++) {
    for (let x = 0; x < width; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let at = (y * sourceWidth + (axis.starts[x] as number)) * 3;
      for (let k = 0; k < axis.taps; k++, at += 3) {
        const weight = axis.weights[x * axis.taps + k] as number;
        if (weight === 0) continue; // the last taps of the last line would lie outside the picture
        red += weight * (pixels[at] as number);
        green += weight * (pixels[at + 1] as number);
        blue += weight * (pixels[at + 2] as number);
      }
      const to = (y * width + x) * 3;
      rows[to] = red;
      rows[to + 1] = green;
      rows[to + 2] = blue;
    }
  }
  return rows;
}

function toAxis(source: number, target: number): Axis {
  const step = source / target;
  const reach = Math.max(1, step);
  const taps = Math.min(source, Math.ceil(reach * 2) + 1);
  const starts = new Int32Array(target);
  const weights = new Float32Array(target * taps);
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) * step - 0.5;
    const start = Math.min(Math.max(0, Math.ceil(centre - reach)), source - taps);
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
