import type { Picture } from '../picture.ts';
import type { Field } from './field.ts';
import { darkLevel } from './settings.ts';

const steps = 2048;
const logOf = Float32Array.from({ length: steps + 1 }, (_, step) =>
  Math.log((step * 256) / steps + darkLevel),
);

/** What one picture says of the cells; scratch space of one camera, made once. */
export interface CellReader {
  /** Logarithm of the mean brightness of each cell of the field (and of its neighbours). */
  readonly light: Float32Array;
  /** Logarithms of red over green, of blue over green and of green, of one cell in four: a hue is of areas, not of edges. */
  readonly redness: Float32Array;
  readonly blueness: Float32Array;
  readonly greenness: Float32Array;
  read(picture: Picture, dx: number, dy: number): void;
}

/** Cells across and down of the hues' coarser grid: its cell `(x, y)` is the field's `(2x, 2y)`. */
export const toHueColumns = ({ columns }: Pick<Field, 'columns'>): number => (columns + 1) >> 1;
export const toHueRows = ({ rows }: Pick<Field, 'rows'>): number => (rows + 1) >> 1;

export function createCellReader(field: Field): CellReader {
  const { columns, rows, stride, reach, from, to } = field;
  const light = new Float32Array(columns * rows);
  const hueColumns = toHueColumns(field);
  const redness = new Float32Array(hueColumns * toHueRows(field));
  const blueness = new Float32Array(hueColumns * toHueRows(field));
  const greenness = new Float32Array(hueColumns * toHueRows(field));
  const width = (columns - 1) * stride + reach + 1;
  const height = (rows - 1) * stride + reach + 1;
  const luma = new Uint16Array(width * height);
  const sums = new Float64Array(width);
  const skip = reach > 2 ? 2 : 1; // cameras send hues at half the resolution of brightness
  const spans = listSpans(field);
  const lines = listLines(field, spans, height);

  /** The field's part of the picture, shifted by whole pixels; what lies outside of the picture is taken from its edge. */
  const readLuma = ({ pixels, pixelWidth, pixelHeight }: Picture, left: number, top: number): void => {
    for (let y = 0; y < height; y++) {
      const start = lines[2 * y] as number;
      const stop = lines[2 * y + 1] as number;
      const first = Math.min(stop, Math.max(start, -left));
      const end = Math.max(first, Math.min(stop, pixelWidth - left));
      if (stop <= start) continue;
      const line = Math.min(pixelHeight - 1, Math.max(0, top + y)) * pixelWidth;
      const row = y * width;
      let at = (line + left + first) * 3;
      for (let x = first; x < end; x++, at += 3) luma[row + x] = toLuma(pixels, at);
      if (first > start) luma.fill(toLuma(pixels, line * 3), row + start, row + first);
      if (end < stop) luma.fill(toLuma(pixels, (line + pixelWidth - 1) * 3), row + end, row + stop);
    }
  };

  const readHues = ({ pixels, pixelWidth, pixelHeight }: Picture, left: number, top: number): void => {
    for (let row = 0; row < rows; row += 2) {
      if ((to[row] as number) === 0) continue;
      const y = Math.min(pixelHeight - reach, Math.max(0, top + row * stride));
      for (let column = (from[row] as number) & ~1; column < (to[row] as number); column += 2) {
        const x = Math.min(pixelWidth - reach, Math.max(0, left + column * stride));
        let red = 0;
        let green = 0;
        let blue = 0;
        for (let v = 0; v < reach; v += skip) {
          let at = ((y + v) * pixelWidth + x) * 3;
          for (let u = 0; u < reach; u += skip, at += 3 * skip) {
            red += pixels[at] as number;
            green += pixels[at + 1] as number;
            blue += pixels[at + 2] as number;
          }
        }
        const scale = steps / 256 / Math.ceil(reach / skip) ** 2;
        const i = (row >> 1) * hueColumns + (column >> 1);
        const base = logOf[(green * scale) | 0] as number;
        redness[i] = (logOf[(red * scale) | 0] as number) - base;
        blueness[i] = (logOf[(blue * scale) | 0] as number) - base;
        greenness[i] = base;
      }
    }
  };

  return {
    light,
    redness,
    blueness,
    greenness,
    /** The picture is taken to be shifted by `dx`, `dy` pixels, and parts of them. */
    read(picture, dx, dy) {
      const [wholeX, wholeY] = [Math.floor(dx), Math.floor(dy)];
      const [partX, partY] = [dx - wholeX, dy - wholeY];
      readLuma(picture, field.left + wholeX, field.top + wholeY);
      const scale = steps / 256 / (reach * reach * 16);
      for (let row = 0; row < rows; row++) {
        const [start, end] = [spans[2 * row] as number, spans[2 * row + 1] as number];
        if (end <= start) continue;
        const [x0, x1] = [start * stride, (end - 1) * stride + reach + 1];
        const line = row * stride * width;
        const last = line + reach * width;
        if (partY === 0) for (let x = x0; x < x1; x++) sums[x] = luma[line + x] as number;
        else
          for (let x = x0; x < x1; x++)
            sums[x] = (1 - partY) * (luma[line + x] as number) + partY * (luma[last + x] as number);
        for (let at = line + width; at < last; at += width)
          for (let x = x0; x < x1; x++) sums[x] = (sums[x] as number) + (luma[at + x] as number);
        for (let column = start; column < end; column++) {
          const x = column * stride;
          let sum = (1 - partX) * (sums[x] as number) + partX * (sums[x + reach] as number);
          for (let u = 1; u < reach; u++) sum += sums[x + u] as number;
          light[row * columns + column] = logOf[(sum * scale) | 0] as number;
        }
      }
      readHues(picture, field.left + Math.round(dx), field.top + Math.round(dy));
    },
  };
}

/** Brightness of the pixel at that byte, in sixteenths. */
function toLuma(pixels: Uint8Array, at: number): number {
  return 5 * (pixels[at] as number) + 9 * (pixels[at + 1] as number) + 2 * (pixels[at + 2] as number);
}

/** First and one past the last cell of each row that is read, in pairs: those of the field and their neighbours. */
function listSpans({ columns, rows, from, to }: Field): Int32Array {
  const spans = new Int32Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    let [start, end] = [columns, 0];
    for (let near = Math.max(0, row - 1); near <= Math.min(rows - 1, row + 1); near++) {
      if ((to[near] as number) === 0) continue;
      start = Math.min(start, (from[near] as number) - 1);
      end = Math.max(end, (to[near] as number) + 1);
    }
    if (end === 0) continue;
    spans[2 * row] = Math.max(0, start);
    spans[2 * row + 1] = Math.min(columns, end);
  }
  return spans;
}

/** The same for lines of pixels, counted from the field's corner. */
function listLines({ rows, stride, reach }: Field, spans: Int32Array, height: number): Int32Array {
  const lines = new Int32Array(2 * height);
  for (let row = 0; row < rows; row++) {
    const [start, end] = [spans[2 * row] as number, spans[2 * row + 1] as number];
    if (end <= start) continue;
    const [first, last] = [start * stride, (end - 1) * stride + reach + 1];
    for (let y = row * stride; y <= row * stride + reach; y++) {
      const isFresh = lines[2 * y + 1] === 0;
      lines[2 * y] = isFresh ? first : Math.min(first, lines[2 * y] as number);
      lines[2 * y + 1] = Math.max(last, lines[2 * y + 1] as number);
    }
  }
  return lines;
}
