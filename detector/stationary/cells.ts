import type { Picture } from '../picture.ts';
import type { Field } from './field.ts';
import { darkLevel } from './settings.ts';

const steps = 1024;
const logOf = Float32Array.from({ length: steps }, (_, step) => Math.log((step * 256) / steps + darkLevel));

/**
 * Logarithm of the mean brightness of each cell of the field (and of its neighbours), the picture taken to be shifted by
 * `dx`, `dy` pixels. What lies outside of the picture is taken from its edge.
 */
export function readCells(field: Field, picture: Picture, dx: number, dy: number, into: Float32Array): void {
  const { columns, rows, stride, reach, from, to } = field;
  const { pixels, pixelWidth, pixelHeight } = picture;
  const scale = steps / 256 / (reach * reach * 16);
  const lastLeft = pixelWidth - reach;
  const lastTop = pixelHeight - reach;
  for (let row = 0; row < rows; row++) {
    const first = Math.min(from[row - 1] ?? columns, from[row + 1] ?? columns, from[row] as number);
    const isFirstUsed = (to[row] as number) > 0 || (to[row - 1] ?? 0) > 0 || (to[row + 1] ?? 0) > 0;
    if (!isFirstUsed) continue;
    const start = Math.max(0, first - 1);
    const end = Math.min(columns, Math.max(to[row - 1] ?? 0, to[row + 1] ?? 0, to[row] as number) + 1);
    const top = Math.min(lastTop, Math.max(0, field.top + row * stride + dy));
    for (let column = start; column < end; column++) {
      const left = Math.min(lastLeft, Math.max(0, field.left + column * stride + dx));
      let sum = 0;
      for (let y = 0; y < reach; y++) {
        let at = ((top + y) * pixelWidth + left) * 3;
        for (let x = 0; x < reach; x++, at += 3)
          sum += 5 * (pixels[at] as number) + 9 * (pixels[at + 1] as number) + 2 * (pixels[at + 2] as number);
      }
      into[row * columns + column] = logOf[(sum * scale) | 0] as number;
    }
  }
}
