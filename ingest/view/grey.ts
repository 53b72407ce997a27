/** Grey picture, one byte per pixel. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export function createGrey(width: number, height: number): Grey {
  return { width, height, pixels: new Uint8Array(width * height) };
}

/** Writes the green of RGB24 pixels into `to`, which has the same size: most of the luma at a third of the reading. */
export function writeGrey(rgb: Uint8Array, to: Grey): void {
  const { pixels } = to;
  for (let at = 0, from = 1; at < pixels.length; at++, from += 3) pixels[at] = rgb[from] as number;
}

/** A grey picture of floats 0-255. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

export function createPlane(width: number, height: number): Plane {
  return { width, height, values: new Float32Array(width * height) };
}

/** Makes a function that shrinks by the mean of the pixels whose corner falls into each target cell; sizes are fixed once. */
export function createShrinker(from: Grey, to: Plane): () => void {
  // First pixel of each target column and row, and one past the last.
  const columns = listEdges(from.width, to.width);
  const rows = listEdges(from.height, to.height);
  return () => {
    const { pixels, width } = from;
    for (let row = 0, cell = 0; row < to.height; row++) {
      const top = rows[row] as number;
      const bottom = rows[row + 1] as number;
      for (let column = 0; column < to.width; column++, cell++) {
        const left = columns[column] as number;
        const across = (columns[column + 1] as number) - left;
        let sum = 0;
        for (let y = top, begin = top * width + left; y < bottom; y++, begin += width)
          for (let at = begin; at < begin + across; at++) sum += pixels[at] as number;
        to.values[cell] = sum / (across * (bottom - top));
      }
    }
  };
}

function listEdges(from: number, to: number): Uint16Array {
  return Uint16Array.from({ length: to + 1 }, (_, at) => Math.floor((at * from) / to));
}

/** Shrinks by the mean of each two by two; an odd last row or column is left out. */
export function halvePlane(from: Plane, to: Plane): void {
  for (let y = 0, cell = 0; y < to.height; y++)
    for (let x = 0, at = 2 * y * from.width; x < to.width; x++, at += 2, cell++)
      to.values[cell] =
        ((from.values[at] as number) +
          (from.values[at + 1] as number) +
          (from.values[at + from.width] as number) +
          (from.values[at + from.width + 1] as number)) /
        4;
}
