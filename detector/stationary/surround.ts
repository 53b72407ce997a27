import type { Background } from './background.ts';
import { toHueColumns, toHueRows } from './cells.ts';
import type { Region } from './regions.ts';

/** Cells of a region's box: first and last column and row, both included. */
export type Frame = Pick<Region, 'left' | 'top' | 'right' | 'bottom'>;

/** Of the square of the box's half axes. */
const middleShare = 0.6;
/** Cells around a region's box that are left out, and the breadth of the ground that is compared. */
const gap = 2;
const breadth = 6;

/** Means over the middle of a region's box less those over the ground around it. Logarithms, but for `pattern`. */
export interface Contrast {
  /** Cells of the hues' grid that were asked. */
  readonly inside: number;
  readonly around: number;
  readonly before: Look;
  readonly after: Look;
  /** Mean square of the change of hue over the ground around. */
  readonly spread: number;
}

interface Look {
  readonly red: number;
  readonly blue: number;
  readonly green: number;
  /** Logarithm of how much stronger the pattern is inside. */
  readonly rougher: number;
}

const names = 10;
const sums = new Float64Array(2 * names);
/** Square of a gradient that is noise. */
const noise = 0.0004;

/** The ellipse within a region's box, a little smaller than it. */
export function toEllipse({ left, right, top, bottom }: Frame): (column: number, row: number) => boolean {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const [halfWidth, halfHeight] = [(right - left + 1) / 2, (bottom - top + 1) / 2];
  return (column, row) => ((column - x) / halfWidth) ** 2 + ((row - y) / halfHeight) ** 2 <= middleShare;
}

/** How a region differs from the ground around it, at the slow rate (before) and at the fast one (after). */
export function toContrast(background: Background, region: Frame): Contrast {
  const { field, hues, slowX, slowY, fastX, fastY } = background;
  const { slowRed, slowBlue, slowGreen, fastRed, fastBlue, fastGreen } = hues;
  const [columns, rows] = [toHueColumns(field), toHueRows(field)];
  const isMiddle = toEllipse(region);
  const reach = gap + breadth;
  sums.fill(0);
  const lastRow = Math.min(rows - 1, (region.bottom + reach) >> 1);
  const lastColumn = Math.min(columns - 1, (region.right + reach) >> 1);
  const firstColumn = Math.max(0, (region.left - reach) >> 1);
  for (let row = Math.max(0, (region.top - reach) >> 1); row <= lastRow; row++) {
    const isLevel = 2 * row >= region.top - gap && 2 * row <= region.bottom + gap;
    for (let column = firstColumn; column <= lastColumn; column++) {
      const cell = 2 * row * field.columns + 2 * column;
      if (field.zoneOf[cell] === 0) continue;
      const isNear = isLevel && 2 * column >= region.left - gap && 2 * column <= region.right + gap;
      if (isNear && !isMiddle(2 * column, 2 * row)) continue;
      const i = row * columns + column;
      if (slowGreen[i] === 0) continue; // ground that a vehicle has hidden from the first sample on
      const at = isNear ? 0 : names;
      const x = fastX[cell] as number;
      const y = fastY[cell] as number;
      const oldX = slowX[cell] as number;
      const oldY = slowY[cell] as number;
      const turnedRed = (fastRed[i] as number) - (slowRed[i] as number);
      const turnedBlue = (fastBlue[i] as number) - (slowBlue[i] as number);
      add(at, 1);
      add(at + 1, fastRed[i] as number);
      add(at + 2, fastBlue[i] as number);
      add(at + 3, fastGreen[i] as number);
      add(at + 4, x * x + y * y);
      add(at + 5, slowRed[i] as number);
      add(at + 6, slowBlue[i] as number);
      add(at + 7, slowGreen[i] as number);
      add(at + 8, oldX * oldX + oldY * oldY);
      add(at + 9, turnedRed * turnedRed + turnedBlue * turnedBlue);
    }
  }
  const [inside, around] = [sums[0] as number, sums[names] as number];
  return {
    inside,
    around,
    after: toLook(1, inside, around),
    before: toLook(5, inside, around),
    spread: around === 0 ? 0 : (sums[names + 9] as number) / around,
  };
}

function add(at: number, value: number): void {
  sums[at] = (sums[at] as number) + value;
}

function toLook(at: number, inside: number, around: number): Look {
  if (inside === 0 || around === 0) return { red: 0, blue: 0, green: 0, rougher: 0 };
  const toDifference = (k: number): number =>
    (sums[at + k] as number) / inside - (sums[names + at + k] as number) / around;
  const rougher = Math.log(
    ((sums[at + 3] as number) / inside + noise) / ((sums[names + at + 3] as number) / around + noise),
  );
  return { red: toDifference(0), blue: toDifference(1), green: toDifference(2), rougher };
}
