import type { Background } from './background.ts';
import { toHueColumns, toHueRows } from './cells.ts';
import { isClipped, isLightHue } from './hues.ts';
import type { Region } from './regions.ts';
import { coverHue, fewestEdges, hiddenSlope, lightHue, seenThrough, seenWhole } from './settings.ts';

/** Cells of a region's box and around it: first and last column and row, both included. */
type Frame = Pick<Region, 'left' | 'top' | 'right' | 'bottom'>;

/** Of the square of the box's half axes. */
const middleShare = 0.6;
/** Neighbouring gradients are not independent: so many cells count as one. */
const cellsPerSample = 4;

/** What has become of the ground's own pattern within a region; `unclear` on ground that has none to speak of. */
export type Pattern = 'seen' | 'seen in part' | 'hidden' | 'unclear';

/**
 * Whether the background's pattern is still there: the slope of the gradients now over the gradients then, over the middle
 * of the box (its corners show the ground beside a round thing), with its standard error. A thing that lies there hides the
 * pattern: slope 0; shade and light leave it: slope 1. Gradients now are clipped to twice the pattern's own strength, or the
 * region's outline would drown the pattern inside. On ground without pattern the slope is chance and the error large.
 */
export function toPattern(background: Background, region: Frame): Pattern {
  const { field, slowX, slowY, fastX, fastY, unrest } = background;
  const isMiddle = toEllipse(region);
  let known = 0;
  let noise = 0;
  let cells = 0;
  for (let row = region.top; row <= region.bottom; row++)
    for (let column = region.left; column <= region.right; column++) {
      const i = row * field.columns + column;
      if (field.zoneOf[i] === 0 || !isMiddle(column, row)) continue;
      known += (slowX[i] as number) ** 2 + (slowY[i] as number) ** 2;
      noise += 0.1 * (unrest[i] as number) ** 2;
      cells++;
    }
  if (cells === 0 || known <= noise) return 'unclear';
  const clip = 2 * Math.sqrt(known / cells);
  let same = 0;
  let now = 0;
  for (let row = region.top; row <= region.bottom; row++)
    for (let column = region.left; column <= region.right; column++) {
      const i = row * field.columns + column;
      if (field.zoneOf[i] === 0 || !isMiddle(column, row)) continue;
      const [x, y] = [fastX[i] as number, fastY[i] as number];
      const strength = Math.sqrt(x * x + y * y);
      const share = strength > clip ? clip / strength : 1;
      same += share * ((slowX[i] as number) * x + (slowY[i] as number) * y);
      now += (share * strength) ** 2;
    }
  const slope = same / known;
  const error = Math.sqrt((Math.max(0, now - slope * same) * cellsPerSample) / cells / known);
  if (slope > seenThrough && slope > 4 * error) return slope > seenWhole ? 'seen' : 'seen in part';
  return slope + 2.5 * error < hiddenSlope && !isClippedWithin(background, region) ? 'hidden' : 'unclear';
}

/** Whether the camera shows most of a region as white or black. */
function isClippedWithin({ field, hues }: Background, region: Frame): boolean {
  const columns = toHueColumns(field);
  let cells = 0;
  let clipped = 0;
  for (let row = region.top >> 1; row <= region.bottom >> 1; row++)
    for (let column = region.left >> 1; column <= region.right >> 1; column++) {
      cells++;
      if (isClipped(hues.fastGreen[row * columns + column] as number)) clipped++;
    }
  return clipped > 0.3 * cells;
}

/** The ellipse within a region's box, a little smaller than it. */
function toEllipse({ left, right, top, bottom }: Frame): (column: number, row: number) => boolean {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const [halfWidth, halfHeight] = [(right - left + 1) / 2, (bottom - top + 1) / 2];
  return (column, row) => ((column - x) / halfWidth) ** 2 + ((row - y) / halfHeight) ** 2 <= middleShare;
}

/** Whether a region has taken on a hue that the ground around it lacks (`came`), has lost one (`went`), or neither. */
export type HueChange = 'came' | 'went' | 'none';

/** Cells around a region's box that are left out, and the breadth of the ground that is compared. */
const gap = 2;
const breadth = 6;

/**
 * Compares a region's change of hue with that of the ground around it. Shade under the sky turns a little to blue and lamps
 * turn the ground to yellow or red: in those directions more is asked.
 */
export function toHueChange(background: Background, region: Frame): HueChange {
  const { field, hues } = background;
  const { slowRed, slowBlue, slowGreen, fastRed, fastBlue, fastGreen } = hues;
  const [columns, rows] = [toHueColumns(field), toHueRows(field)];
  const isMiddle = toEllipse(region);
  const inside = [0, 0, 0, 0, 0, 0, 0];
  const around = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  const reach = gap + breadth;
  for (
    let row = Math.max(0, (region.top - reach) >> 1);
    row <= Math.min(rows - 1, (region.bottom + reach) >> 1);
    row++
  )
    for (
      let column = Math.max(0, (region.left - reach) >> 1);
      column <= Math.min(columns - 1, (region.right + reach) >> 1);
      column++
    ) {
      const cell = 2 * row * field.columns + 2 * column;
      if (field.zoneOf[cell] === 0) continue;
      const i = row * columns + column;
      const [r, b] = [fastRed[i] as number, fastBlue[i] as number];
      const [oldR, oldB] = [slowRed[i] as number, slowBlue[i] as number];
      const [g, oldG] = [fastGreen[i] as number, slowGreen[i] as number];
      if (isMiddle(2 * column, 2 * row)) add(inside, [1, r, b, oldR, oldB, g, oldG]);
      else if (
        2 * column < region.left - gap ||
        2 * column > region.right + gap ||
        2 * row < region.top - gap ||
        2 * row > region.bottom + gap
      )
        add(around, [1, r, b, oldR, oldB, g, oldG, (r - oldR) ** 2, (b - oldB) ** 2]);
    }
  const [count, beside] = [inside[0] as number, around[0] as number];
  if (count < 2 || beside < 4) return 'none';
  const at = (k: number): number => (inside[k] as number) / count - (around[k] as number) / beside;
  const [red, blue, green] = [at(1) - at(3), at(2) - at(4), at(5) - at(6)];
  const spread = Math.sqrt(Math.max(0, (around[7] as number) + (around[8] as number)) / beside);
  const change = Math.hypot(red, blue);
  const isLight = isLightHue(red, blue, green);
  if (change < Math.max(isLight ? lightHue : coverHue, (4 * spread) / Math.sqrt(count))) return 'none';
  return Math.hypot(at(1), at(2)) > Math.hypot(at(3), at(4)) ? 'came' : 'went';
}

function add(sums: number[], values: readonly number[]): void {
  for (const [k, value] of values.entries()) sums[k] = (sums[k] as number) + value;
}

/** Part of the middle of a region's box in which the ground has been hidden for half the settling time or longer. */
export function toCoverShare({ field, hues }: Background, region: Frame): number {
  const columns = toHueColumns(field);
  const isMiddle = toEllipse(region);
  let cells = 0;
  let covered = 0;
  for (let row = region.top >> 1; row <= region.bottom >> 1; row++)
    for (let column = region.left >> 1; column <= region.right >> 1; column++) {
      const zone = (field.zoneOf[2 * row * field.columns + 2 * column] ?? 0) - 1;
      if (zone < 0 || !isMiddle(2 * column, 2 * row)) continue;
      cells++;
      if ((hues.cover[row * columns + column] as number) >= (field.settleMs[zone] as number) / 2000)
        covered++;
    }
  return cells < 2 ? 0 : covered / cells;
}

/**
 * How much a region differs from the ground around it: in brightness, hue and strength of pattern, then (at the slow rate) or
 * now (at the fast one). What came differs now, what went differed then.
 */
export function toStrangeness(background: Background, region: Frame, when: 'then' | 'now'): number {
  const { field, hues, slowX, slowY, fastX, fastY } = background;
  const [red, blue, green, x, y] =
    when === 'then'
      ? [hues.slowRed, hues.slowBlue, hues.slowGreen, slowX, slowY]
      : [hues.fastRed, hues.fastBlue, hues.fastGreen, fastX, fastY];
  const columns = toHueColumns(field);
  const isMiddle = toEllipse(region);
  const inside = [0, 0, 0, 0, 0];
  const around = [0, 0, 0, 0, 0];
  const reach = gap + breadth;
  const lastRow = Math.min(field.rows - 2, region.bottom + reach);
  const lastColumn = Math.min(field.columns - 2, region.right + reach);
  for (let row = Math.max(2, region.top - reach) & ~1; row <= lastRow; row += 2)
    for (let column = Math.max(2, region.left - reach) & ~1; column <= lastColumn; column += 2) {
      const cell = row * field.columns + column;
      if (field.zoneOf[cell] === 0) continue;
      const isIn = isMiddle(column, row);
      if (
        !isIn &&
        row >= region.top - gap &&
        row <= region.bottom + gap &&
        column >= region.left - gap &&
        column <= region.right + gap
      )
        continue;
      const i = (row >> 1) * columns + (column >> 1);
      const pattern = (x[cell] as number) ** 2 + (y[cell] as number) ** 2;
      add(isIn ? inside : around, [1, red[i] as number, blue[i] as number, green[i] as number, pattern]);
    }
  const [count, beside] = [inside[0] as number, around[0] as number];
  if (count < 2 || beside < 4) return 0;
  const at = (k: number): number => (inside[k] as number) / count - (around[k] as number) / beside;
  const noise = 0.0004;
  const rougher = Math.log(
    ((inside[4] as number) / count + noise) / ((around[4] as number) / beside + noise),
  );
  return Math.hypot(3 * at(1), 3 * at(2), at(3)) + 0.1 * Math.abs(rougher);
}

/** Whether edges changed along enough of a region's outline: light fades out, things end. */
export function hasEdges({ field, stay }: Background, region: Frame): boolean {
  const { columns, zoneOf, settleMs } = field;
  let edges = 0;
  for (let row = region.top; row <= region.bottom; row++)
    for (let column = region.left; column <= region.right; column++) {
      const i = row * columns + column;
      const zone = (zoneOf[i] as number) - 1;
      if (zone >= 0 && Math.abs(stay[i] as number) >= (settleMs[zone] as number) / 2000) edges++;
    }
  return edges >= fewestEdges * (region.right - region.left + region.bottom - region.top + 2);
}
