import type { Background } from './background.ts';
import { hasEdges, toCoverShare, toHueChange, toPattern, toStrangeness } from './evidence.ts';
import type { Region } from './regions.ts';
import {
  clearlyHidden,
  clearRatio,
  compactShare,
  faintChange,
  fewestCells,
  fewestCovered,
  leastStranger,
  maxZoneShare,
  minCoveredHullShare,
  minHullShare,
  minRegionCells,
  minRegionSide,
  shortestSide,
  strangeNow,
  unrestFactor,
} from './settings.ts';
import { type Contrast, toContrast } from './surround.ts';

/** Why a region is no object, or how clear an object it is. */
export type Verdict =
  | { readonly kind: 'small' | 'large' | 'line' | 'light' | 'went' }
  | {
      readonly kind: 'object';
      /** Mean change of the region's cells over what would have counted: from 1 up. */
      readonly clarity: number;
      /** Known by its outline alone, and hardly brighter or darker than the ground was: a stain looks like that. */
      readonly isFaint: boolean;
    };

/**
 * Tells objects from what else changes the ground and stays. A shadow's or a lamp's edge is a line, or shows the ground's
 * own pattern inside; a place left empty lies within the outline of what went.
 */
export function judgeRegion(background: Background, region: Region, gone: readonly Region[]): Verdict {
  const { field } = background;
  const width = region.right - region.left + 1;
  const height = region.bottom - region.top + 1;
  if (region.cells.length < fewestCells || width < shortestSide || height < shortestSide)
    return { kind: 'small' };
  const zone = (field.zoneOf[region.cells[0] as number] as number) - 1;
  if (
    width > maxZoneShare * (field.zoneWidth[zone] ?? 0) + 4 &&
    height > maxZoneShare * (field.zoneHeight[zone] ?? 0) + 4
  )
    return { kind: 'large' };
  const contrast = toContrast(background, region);
  const hue = toHueChange(contrast);
  const pattern = toPattern(background, region);
  // Where hidden ground is all there is of a region, the cells' own word for it is no second witness.
  const isCovered =
    hue === 'came' ||
    pattern === 'hidden' ||
    (region.outline.length > 0 && toCoverShare(background, region) >= fewestCovered);
  if (!isCovered && region.outline.length === 0) return { kind: 'small' };
  const isSmall = region.cells.length < minRegionCells || width < minRegionSide || height < minRegionSide;
  if (!isCovered && isSmall && !isCompactThing(region, contrast)) return { kind: 'small' };
  if (region.hullShare < (isCovered ? minCoveredHullShare : minHullShare)) return { kind: 'line' };
  if (hue === 'went' || hasGone(background, region, gone, contrast, hue === 'came')) return { kind: 'went' };
  if (pattern === 'seen' || (pattern === 'seen in part' && hue !== 'came')) return { kind: 'light' };
  if (!hasEdges(background, region)) return { kind: 'light' };
  const clarity = toClarity(background, region);
  if (hue !== 'came' && !(pattern === 'hidden' && clarity >= clearlyHidden)) {
    const least = region.outline.length > 0 ? leastStranger : 2 * leastStranger;
    if (toStrangeness(contrast, 'after') < toStrangeness(contrast, 'before') + least)
      return { kind: 'light' };
  }
  const isFaint = !isCovered && Math.abs(contrast.after.green - contrast.before.green) < faintChange;
  return { kind: 'object', clarity, isFaint };
}

/** Whether a region that is small for its outline alone is one thing all the same, and looks unlike the ground around it. */
function isCompactThing(region: Region, contrast: Contrast): boolean {
  if (region.cells.length < minRegionCells || region.hullShare < compactShare) return false;
  const now = toStrangeness(contrast, 'after');
  return now > strangeNow && now > toStrangeness(contrast, 'before') + strangeNow / 2;
}

/** Whether a region is a place left empty: its edges were there before, or it looks more like the ground around it now. */
function hasGone(
  background: Background,
  region: Region,
  gone: readonly Region[],
  contrast: Contrast,
  isStained: boolean,
): boolean {
  const { field, slowX, slowY, fastX, fastY, stay } = background;
  let [edges, then, now] = [0, 0, 0];
  for (let row = region.top; row <= region.bottom; row++)
    for (let column = region.left; column <= region.right; column++) {
      const i = row * field.columns + column;
      const zone = (field.zoneOf[i] as number) - 1;
      if (zone < 0 || Math.abs(stay[i] as number) < (field.settleMs[zone] as number) / 2000) continue;
      edges++;
      then += (slowX[i] as number) ** 2 + (slowY[i] as number) ** 2;
      now += (fastX[i] as number) ** 2 + (fastY[i] as number) ** 2;
    }
  if (now < then / clearRatio) return true;
  if (!isStained && (now < then * clearRatio || edges < fewestCells)) {
    if (toStrangeness(contrast, 'after') < toStrangeness(contrast, 'before') + leastStranger) return true;
  }
  return gone.some(
    (other) =>
      isWithin(region, other) &&
      other.cells.length > region.outline.length / 2 &&
      toStrength(background, other) > toStrength(background, region),
  );
}

/** Whether most of a region's box lies in the box of another. */
export function isWithin(region: Region, other: Region): boolean {
  const width = Math.min(region.right, other.right) - Math.max(region.left, other.left) + 1;
  const height = Math.min(region.bottom, other.bottom) - Math.max(region.top, other.top) + 1;
  if (width <= 0 || height <= 0) return false;
  const area = (region.right - region.left + 1) * (region.bottom - region.top + 1);
  return width * height >= 0.7 * area;
}

function toStrength({ slowX, slowY, fastX, fastY }: Background, { outline }: Region): number {
  let sum = 0;
  for (const i of outline)
    sum += Math.hypot(
      (fastX[i] as number) - (slowX[i] as number),
      (fastY[i] as number) - (slowY[i] as number),
    );
  return sum;
}

function toClarity(background: Background, region: Region): number {
  const { tolerance, unrest } = background;
  let limits = 0;
  for (const i of region.outline) limits += (tolerance[i] as number) + unrestFactor * (unrest[i] as number);
  return limits === 0 ? 1 : Math.max(1, toStrength(background, region) / limits);
}
