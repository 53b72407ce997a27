import type { Background } from './background.ts';
import { toHueColumns } from './cells.ts';
import { isClipped, isLightHue } from './hues.ts';
import { coverHue, fewestEdges, hiddenSlope, lightHue, seenThrough, seenWhole } from './settings.ts';
import { type Contrast, type Frame, toEllipse } from './surround.ts';

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

/** Whether a region has taken on a hue that the ground around it lacks (`came`), has lost one (`went`), or neither. */
export type HueChange = 'came' | 'went' | 'none';

/**
 * Compares a region's change of hue with that of the ground around it. Shade under the sky turns a little to blue and lamps
 * turn the ground to yellow or red: in those directions more is asked.
 */
export function toHueChange({ inside, around, before, after, spread }: Contrast): HueChange {
  if (inside < 2 || around < 4) return 'none';
  const red = after.red - before.red;
  const blue = after.blue - before.blue;
  const green = after.green - before.green;
  const least = Math.max(isLightHue(red, blue, green) ? lightHue : coverHue, 4 * Math.sqrt(spread / inside));
  if (Math.hypot(red, blue) < least) return 'none';
  return Math.hypot(after.red, after.blue) > Math.hypot(before.red, before.blue) ? 'came' : 'went';
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
 * How much a region differs from the ground around it, before or after the change: in brightness, hue and strength of pattern. What came
 * differs after it, what went differed before.
 */
export function toStrangeness(contrast: Contrast, when: 'before' | 'after'): number {
  if (contrast.inside < 2 || contrast.around < 4) return 0;
  const { red, blue, green, rougher } = contrast[when];
  return Math.hypot(3 * red, 3 * blue, green) + 0.1 * Math.abs(rougher);
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
