import { type CellReader, createCellReader } from './cells.ts';
import type { Field } from './field.ts';
import { createHues, followHues, type Hues, stepCover } from './hues.ts';
import {
  absorbLagMs,
  backgroundLagMs,
  baseChange,
  cameRatio,
  darkestLevel,
  darkLevel,
  edgeShare,
  maxFollow,
  maxSampleShare,
  maxUnrest,
  unrestFactor,
  unrestLagMs,
} from './settings.ts';

/**
 * What is known of each cell of the field. Pictures enter as gradients of the logarithm of brightness: a light that changes
 * smoothly over the picture does not change them, whatever its strength.
 */
export interface Background {
  readonly field: Field;
  /** The newest sample. */
  readonly reader: CellReader;
  /** Logarithm of its brightness. */
  readonly light: Float32Array;
  /** Gradients of the background: the slow rate. */
  readonly slowX: Float32Array;
  readonly slowY: Float32Array;
  /** Gradients of late: the fast rate. */
  readonly fastX: Float32Array;
  readonly fastY: Float32Array;
  /** Hues of the background and of late, on the coarser grid (`CellReader`), and where they say that something lies. */
  readonly hues: Hues;
  /** Strength of the background's gradient squared, and that part of it that is seen of late. */
  readonly known: Float32Array;
  readonly same: Float32Array;
  /** How much the gradient usually differs from itself of late. */
  readonly unrest: Float32Array;
  /** Change that counts here, but for unrest: follows the background's own edges. */
  readonly tolerance: Float32Array;
  /** Seconds for which something has been there that came (above 0), or lacked that went (below 0). */
  readonly stay: Float32Array;
  /** 1: seen at least once. */
  readonly isKnown: Uint8Array;
  /** 1: behind something that a model detects, in this sample. */
  readonly isCovered: Uint8Array;
  /** 0, or the number of the standing thing to which the cell belongs: its background is kept as it was. */
  readonly owner: Uint8Array;
  /** Per zone; overwritten by each sample. */
  readonly rates: Rates;
}

/** What one sample counts for in each zone; scratch space of one camera, made once. */
interface Rates {
  /** Part of a difference from the gradients of late that is made up for. */
  readonly fast: Float64Array;
  /** Seconds that the sample adds to a stay. */
  readonly gains: Float64Array;
}

export function createBackground(field: Field): Background {
  const size = field.columns * field.rows;
  const reader = createCellReader(field);
  return {
    field,
    reader,
    light: reader.light,
    hues: createHues(field),
    slowX: new Float32Array(size),
    slowY: new Float32Array(size),
    fastX: new Float32Array(size),
    fastY: new Float32Array(size),
    known: new Float32Array(size),
    same: new Float32Array(size),
    unrest: new Float32Array(size),
    tolerance: new Float32Array(size).fill(baseChange),
    stay: new Float32Array(size),
    isKnown: new Uint8Array(size),
    isCovered: new Uint8Array(size),
    owner: new Uint8Array(size),
    rates: {
      fast: new Float64Array(field.settleMs.length),
      gains: new Float64Array(field.settleMs.length),
    },
  };
}

/** Part of a difference that is made up for in `elapsedMs`. */
export function toRate(elapsedMs: number, lagMs: number): number {
  return 1 - Math.exp(-elapsedMs / lagMs);
}

/** Seconds that a sample adds to a stay, `elapsedMs` after the one before, where a thing settles in `settleMs`. */
export function toGain(elapsedMs: number, settleMs: number): number {
  return Math.min(elapsedMs / 1000, (settleMs / 1000) * maxSampleShare);
}

/** A rate twice in a row: hues are of areas, scatter less than edges, and follow faster. */
function toTwice(rate: number): number {
  return 1 - (1 - rate) ** 2;
}

/** Part of the field whose gradients differ from the background now; every fifth cell is asked. */
export function toChangedShare({
  field,
  light,
  slowX,
  slowY,
  unrest,
  tolerance,
  isKnown,
  isCovered,
}: Background): number {
  const { columns, rows, from, to, zoneOf } = field;
  let asked = 0;
  let changed = 0;
  for (let row = 1; row < rows - 1; row++) {
    const start = row * columns;
    for (let column = (from[row] as number) + (row % 5); column < (to[row] as number); column += 5) {
      const i = start + column;
      if (zoneOf[i] === 0 || isKnown[i] === 0 || isCovered[i] === 1) continue;
      const x = (light[i + 1] as number) - (light[i - 1] as number) - (slowX[i] as number);
      const y = (light[i + columns] as number) - (light[i - columns] as number) - (slowY[i] as number);
      const limit = (tolerance[i] as number) + unrestFactor * (unrest[i] as number);
      asked++;
      if (x * x + y * y > limit * limit) changed++;
    }
  }
  return asked === 0 ? 0 : changed / asked;
}

/** Whether the field is so dark that edges cannot be told from noise; every fifth cell is asked. */
export function isDark({ field, light }: Background): boolean {
  const { columns, rows, from, to } = field;
  let asked = 0;
  let sum = 0;
  for (let row = 1; row < rows - 1; row++)
    for (let column = (from[row] as number) + (row % 5); column < (to[row] as number); column += 5) {
      asked++;
      sum += light[row * columns + column] as number;
    }
  return asked > 0 && sum / asked < Math.log(darkLevel + darkestLevel);
}

export interface Step {
  /** Capture time since the sample before. */
  readonly elapsedMs: number;
  /** Number of this sample, to spread work over samples. */
  readonly sample: number;
}

const toleranceRounds = 8;

/** One sample; returns how many cells have been changed for at least as long as their zone asks. */
export function stepBackground(background: Background, step: Step): number {
  const { field, light, slowX, slowY, fastX, fastY, unrest, tolerance, stay, isKnown, isCovered, owner } =
    background;
  const { known, same, rates } = background;
  const { columns, rows, from, to, zoneOf, settleMs } = field;
  const { elapsedMs } = step;
  let slowestFast = 1;
  for (let zone = 0; zone < settleMs.length; zone++) {
    const ms = settleMs[zone] as number;
    // After a pause one picture says no more than any other.
    const fast = Math.min(0.6, toRate(elapsedMs, ms / 5));
    slowestFast = Math.min(slowestFast, fast);
    rates.fast[zone] = fast;
    rates.gains[zone] = toGain(elapsedMs, ms);
  }
  const { fast: fastRates, gains } = rates;
  const slowRate = toRate(Math.min(elapsedMs, 30_000), backgroundLagMs);
  const absorbRate = toRate(Math.min(elapsedMs, 10_000), absorbLagMs);
  const unrestRate = toRate(Math.min(elapsedMs, 5000), unrestLagMs);
  followHues(background, toTwice(slowestFast), toTwice(slowRate));
  let settled = stepCover(background, step);
  for (let row = 1; row < rows - 1; row++) {
    if (row % toleranceRounds === step.sample % toleranceRounds) followEdges(background, row);
    const end = row * columns + (to[row] as number);
    for (let i = row * columns + (from[row] as number); i < end; i++) {
      const zone = (zoneOf[i] as number) - 1;
      if (zone < 0 || isCovered[i] === 1) continue;
      const x = (light[i + 1] as number) - (light[i - 1] as number);
      const y = (light[i + columns] as number) - (light[i - columns] as number);
      if (isKnown[i] === 0) {
        isKnown[i] = 1;
        slowX[i] = fastX[i] = x;
        slowY[i] = fastY[i] = y;
        continue;
      }
      const unlikeX = x - (fastX[i] as number);
      const unlikeY = y - (fastY[i] as number);
      const rate = fastRates[zone] as number;
      const sx = (fastX[i] = (fastX[i] as number) + rate * unlikeX);
      const sy = (fastY[i] = (fastY[i] as number) + rate * unlikeY);
      const unlike = Math.sqrt(unlikeX * unlikeX + unlikeY * unlikeY);
      const restless = unrest[i] as number;
      unrest[i] = restless + unrestRate * (Math.min(unlike, maxUnrest) - restless);
      const bx = slowX[i] as number;
      const by = slowY[i] as number;
      known[i] = bx * bx + by * by;
      same[i] = sx * bx + sy * by;
      const changeX = sx - bx;
      const changeY = sy - by;
      const change = Math.sqrt(changeX * changeX + changeY * changeY);
      const limit = (tolerance[i] as number) + unrestFactor * restless;
      const gain = gains[zone] as number;
      const full = (2 * (settleMs[zone] as number)) / 1000;
      let seconds = stay[i] as number;
      if (change <= limit) {
        // towards 0, twice as fast as it grew
        seconds = seconds > 0 ? Math.max(0, seconds - 2 * gain) : Math.min(0, seconds + 2 * gain);
        if (owner[i] === 0) {
          slowX[i] = bx + slowRate * Math.max(-maxFollow, Math.min(maxFollow, x - bx));
          slowY[i] = by + slowRate * Math.max(-maxFollow, Math.min(maxFollow, y - by));
        }
      } else if (unlike <= limit || unlike <= 0.5 * change) {
        const isNew = sx * sx + sy * sy > cameRatio * (known[i] as number);
        seconds = isNew
          ? Math.min(full, seconds < 0 ? gain : seconds + gain)
          : Math.max(-full, seconds > 0 ? -gain : seconds - gain);
        if (owner[i] === 0 && Math.abs(seconds) >= full) {
          slowX[i] = bx + absorbRate * changeX;
          slowY[i] = by + absorbRate * changeY;
        }
      } else seconds = seconds > 0 ? Math.max(0, seconds - 0.5 * gain) : Math.min(0, seconds + 0.5 * gain);
      stay[i] = seconds;
      if (Math.abs(seconds) * 2 >= full) settled++;
    }
  }
  return settled;
}

/** A row's tolerance: an edge of the background, or one beside, may move by a cell and lose part of its strength. */
export function followEdges({ field, slowX, slowY, tolerance }: Background, row: number): void {
  const { columns, from, to } = field;
  const start = row * columns;
  for (let i = start + (from[row] as number); i < start + (to[row] as number); i++) {
    let strongest = 0;
    for (let near = i - columns; near <= i + columns; near += columns)
      for (let j = near - 1; j <= near + 1; j++) {
        const strength = Math.abs(slowX[j] as number) + Math.abs(slowY[j] as number);
        if (strength > strongest) strongest = strength;
      }
    tolerance[i] = baseChange + edgeShare * strongest;
  }
}
