import type { Background } from './background.ts';
import type { Region } from './regions.ts';
import {
  maxZoneShare,
  minHullShare,
  minRegionCells,
  minRegionSide,
  seenThrough,
  unrestFactor,
} from './settings.ts';

/** Why a region is no object, or how clear an object it is. */
export type Verdict =
  | { readonly kind: 'small' | 'large' | 'line' | 'light' | 'went' }
  | {
      readonly kind: 'object';
      /** Mean change of the region's cells over what would have counted: from 1 up. */
      readonly clarity: number;
    };

/**
 * Tells objects from what else changes the ground and stays. A shadow's or a lamp's edge is a line, or shows the ground's
 * own pattern inside; a place left empty lies within the outline of what went.
 */
export function judgeRegion(background: Background, region: Region, gone: readonly Region[]): Verdict {
  const { field } = background;
  const width = region.right - region.left + 1;
  const height = region.bottom - region.top + 1;
  if (region.cells.length < minRegionCells || width < minRegionSide || height < minRegionSide)
    return { kind: 'small' };
  const zone = (field.zoneOf[region.cells[0] as number] as number) - 1;
  if (
    width > maxZoneShare * (field.zoneWidth[zone] ?? 0) + 4 &&
    height > maxZoneShare * (field.zoneHeight[zone] ?? 0) + 4
  )
    return { kind: 'large' };
  if (region.hullShare < minHullShare) return { kind: 'line' };
  if (
    gone.some(
      (other) => isWithin(region, other) && toStrength(background, other) > toStrength(background, region),
    )
  )
    return { kind: 'went' };
  if (isSeenThrough(background, region)) return { kind: 'light' };
  return { kind: 'object', clarity: toClarity(background, region) };
}

/** Whether most of a region's box lies in the box of another. */
function isWithin(region: Region, other: Region): boolean {
  const width = Math.min(region.right, other.right) - Math.max(region.left, other.left) + 1;
  const height = Math.min(region.bottom, other.bottom) - Math.max(region.top, other.top) + 1;
  if (width <= 0 || height <= 0) return false;
  const area = (region.right - region.left + 1) * (region.bottom - region.top + 1);
  return width * height >= 0.7 * area;
}

function toStrength({ slowX, slowY, fastX, fastY }: Background, { cells }: Region): number {
  let sum = 0;
  for (const i of cells)
    sum += Math.hypot(
      (fastX[i] as number) - (slowX[i] as number),
      (fastY[i] as number) - (slowY[i] as number),
    );
  return sum;
}

function toClarity(background: Background, region: Region): number {
  const { tolerance, unrest } = background;
  let limits = 0;
  for (const i of region.cells) limits += (tolerance[i] as number) + unrestFactor * (unrest[i] as number);
  return toStrength(background, region) / limits;
}

/** Of the square of the box's half axes. */
const middleShare = 0.7;
/** Neighbouring gradients are not independent: so many cells count as one. */
const cellsPerSample = 4;

/**
 * Whether the background's pattern is still there: the slope of the gradients now over the gradients then, over the middle
 * of the box (its corners show the ground beside a round thing), with its standard error. A thing that lies there hides the pattern: slope 0. Gradients now are clipped to twice the
 * pattern's own strength, or the region's outline would drown the pattern inside. On ground without pattern the slope is
 * chance, the error large, and nothing is said.
 */
function isSeenThrough(background: Background, region: Region): boolean {
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
  if (cells === 0 || known <= noise) return false;
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
  return slope > seenThrough && slope > 3 * error;
}

/** The ellipse within a region's box, a little smaller than it. */
function toEllipse({ left, right, top, bottom }: Region): (column: number, row: number) => boolean {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const [halfWidth, halfHeight] = [(right - left + 1) / 2, (bottom - top + 1) / 2];
  return (column, row) => ((column - x) / halfWidth) ** 2 + ((row - y) / halfHeight) ** 2 <= middleShare;
}
