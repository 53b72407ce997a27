import { type Background, toGain, toRate } from './background.ts';
import { toHueColumns, toHueRows } from './cells.ts';
import type { Field } from './field.ts';
import {
  absorbLagMs,
  baseChange,
  coverHue,
  darkLevel,
  edgeShare,
  hiddenSlope,
  lightHue,
} from './settings.ts';

/** Areas where the gradients know edges: hues at the two rates, and where the ground has been hidden for some time. */
export interface Hues {
  readonly slowRed: Float32Array;
  readonly slowBlue: Float32Array;
  readonly slowGreen: Float32Array;
  readonly fastRed: Float32Array;
  readonly fastBlue: Float32Array;
  readonly fastGreen: Float32Array;
  /** Seconds for which the ground has been hidden. */
  readonly cover: Float32Array;
  /** 1: it was when the cell was last asked. */
  readonly isHidden: Uint8Array;
}

export function createHues(field: Field): Hues {
  const size = toHueColumns(field) * toHueRows(field);
  return {
    slowRed: new Float32Array(size),
    slowBlue: new Float32Array(size),
    slowGreen: new Float32Array(size),
    fastRed: new Float32Array(size),
    fastBlue: new Float32Array(size),
    fastGreen: new Float32Array(size),
    cover: new Float32Array(size),
    isHidden: new Uint8Array(size),
  };
}

/** The hues follow the newest sample; those of the background not where a thing stands. */
export function followHues(
  { field, reader, hues, isCovered, owner }: Background,
  fast: number,
  slow: number,
): void {
  const { columns, rows, from, to, zoneOf } = field;
  const { redness, blueness, greenness } = reader;
  const { slowRed, slowBlue, slowGreen, fastRed, fastBlue, fastGreen } = hues;
  const hueColumns = toHueColumns(field);
  for (let row = 0; row < rows; row += 2)
    for (let column = ((from[row] as number) + 1) & ~1; column < (to[row] as number); column += 2) {
      const cell = row * columns + column;
      if (zoneOf[cell] === 0 || isCovered[cell] === 1) continue;
      const i = (row >> 1) * hueColumns + (column >> 1);
      const red = redness[i] as number;
      const blue = blueness[i] as number;
      const green = greenness[i] as number;
      if (slowGreen[i] === 0) {
        // never seen: the darkest green has a logarithm above 2
        slowRed[i] = fastRed[i] = red;
        slowBlue[i] = fastBlue[i] = blue;
        slowGreen[i] = fastGreen[i] = green;
        continue;
      }
      fastRed[i] = (fastRed[i] as number) + fast * (red - (fastRed[i] as number));
      fastBlue[i] = (fastBlue[i] as number) + fast * (blue - (fastBlue[i] as number));
      fastGreen[i] = (fastGreen[i] as number) + fast * (green - (fastGreen[i] as number));
      if (owner[cell] !== 0) continue;
      slowRed[i] = (slowRed[i] as number) + slow * (red - (slowRed[i] as number));
      slowBlue[i] = (slowBlue[i] as number) + slow * (blue - (slowBlue[i] as number));
      slowGreen[i] = (slowGreen[i] as number) + slow * (green - (slowGreen[i] as number));
    }
}

/** Every second of the coarser grid's rows is asked in a sample. */
const rounds = 2;
/** Fine cells on either side of a cell's middle whose pattern is compared. */
const arm = 2;
const windowCells = (2 * arm + 1) ** 2;
/** Mean square of the gradients of a pattern that noise does not hide. */
const fewestPattern = 0.0016;
/** Below it no edge beside a cell is strong enough to be part of one. */
const plainTolerance = baseChange + edgeShare * 0.05;

/**
 * One sample: where the ground's pattern is gone or its hue is another, the ground is hidden. Returns how many cells have been
 * so for at least as long as their zone asks.
 */
export function stepCover(background: Background, step: { elapsedMs: number; sample: number }): number {
  const { field, hues, isCovered, owner } = background;
  const { columns, rows, from, to, zoneOf, settleMs } = field;
  const { slowRed, slowBlue, slowGreen, fastRed, fastBlue, fastGreen, cover } = hues;
  const hueColumns = toHueColumns(field);
  const absorb = toRate(Math.min(step.elapsedMs, 10_000) * rounds, absorbLagMs);
  const shift = toCommonShift(background);
  let settled = 0;
  const first = 2 * (1 + (step.sample % rounds));
  for (let row = first; row < rows - 2; row += 2 * rounds)
    for (
      let column = Math.max(2, ((from[row] as number) + 1) & ~1);
      column < Math.min(columns - 2, to[row] as number);
      column += 2
    ) {
      const cell = row * columns + column;
      const zone = (zoneOf[cell] as number) - 1;
      if (zone < 0 || isCovered[cell] === 1) continue;
      const i = (row >> 1) * hueColumns + (column >> 1);
      if (slowGreen[i] === 0) continue;
      const red = (fastRed[i] as number) - (slowRed[i] as number) - shift.red;
      const blue = (fastBlue[i] as number) - (slowBlue[i] as number) - shift.blue;
      const green = (fastGreen[i] as number) - (slowGreen[i] as number) - shift.green;
      const least = shift.noise + (isLightHue(red, blue, green) ? lightHue : coverHue);
      const gain = toGain(step.elapsedMs * rounds, settleMs[zone] as number);
      const full = (2 * (settleMs[zone] as number)) / 1000;
      const seconds = cover[i] as number;
      const isStained = red * red + blue * blue > least * least;
      if (isClipped(fastGreen[i] as number)) continue; // whatever lies there, it is white or black
      const isNow = isStained || isHidden(background, cell);
      hues.isHidden[i] = isNow ? 1 : 0;
      if (isNow) {
        cover[i] = Math.min(full, seconds + gain);
        // what stays and is no thing becomes ground, at the rate at which its edges do
        if (owner[cell] === 0 && seconds >= full) {
          slowRed[i] = (slowRed[i] as number) + absorb * red;
          slowBlue[i] = (slowBlue[i] as number) + absorb * blue;
          slowGreen[i] = (slowGreen[i] as number) + absorb * green;
        }
      } else cover[i] = Math.max(0, seconds - 2 * gain);
      if (cover[i] * 2 >= full) settled++;
    }
  return settled;
}

/** Whether the pattern that the ground has about a cell is no longer there. */
function isHidden(background: Background, cell: number): boolean {
  const { field, unrest, tolerance } = background;
  if ((tolerance[cell] as number) < plainTolerance) return false;
  const { columns } = field;
  let known = 0;
  let same = 0;
  for (let line = cell - arm * columns; line <= cell + arm * columns; line += columns)
    for (let i = line - arm; i <= line + arm; i++) {
      known += background.known[i] as number;
      same += background.same[i] as number;
    }
  const restless = unrest[cell] as number;
  return known > windowCells * (fewestPattern + 3 * restless * restless) && same < hiddenSlope * known;
}

const [nearlyBlack, nearlyWhite] = [Math.log(darkLevel + 14), Math.log(darkLevel + 236)];

/** Whether the camera shows so dark or so bright a green (its logarithm) that pattern and hue are lost. */
export function isClipped(green: number): boolean {
  return green < nearlyBlack || green > nearlyWhite;
}

interface CommonShift {
  readonly red: number;
  readonly blue: number;
  readonly green: number;
  readonly noise: number;
}

/** What all cells' hues have in common, a change of the light or of the camera's white balance, and how much they scatter. */
function toCommonShift({ field, hues }: Background): CommonShift {
  const { columns, rows, from, to } = field;
  const hueColumns = toHueColumns(field);
  let [cells, red, blue, green, scatter] = [0, 0, 0, 0, 0];
  for (let row = 2; row < rows; row += 4)
    for (
      let column = ((from[row] as number) + 1) & ~1;
      column < Math.min(columns, to[row] as number);
      column += 4
    ) {
      const i = (row >> 1) * hueColumns + (column >> 1);
      const r = (hues.fastRed[i] as number) - (hues.slowRed[i] as number);
      const b = (hues.fastBlue[i] as number) - (hues.slowBlue[i] as number);
      cells++;
      red += r;
      blue += b;
      green += (hues.fastGreen[i] as number) - (hues.slowGreen[i] as number);
      scatter += Math.abs(r) + Math.abs(b);
    }
  if (cells === 0) return { red: 0, blue: 0, green: 0, noise: 0 };
  const spread = scatter / cells - (Math.abs(red) + Math.abs(blue)) / cells;
  return { red: red / cells, blue: blue / cells, green: green / cells, noise: Math.max(0, spread) };
}

/** Shade under the sky turns to blue, a lamp's light to yellow. */
export function isLightHue(red: number, blue: number, green: number): boolean {
  return green < 0 ? blue > 0 && red < blue : blue < 0 && red > blue;
}
