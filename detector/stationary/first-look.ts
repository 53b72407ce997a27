import { type Background, followEdges } from './background.ts';
import { toHueColumns } from './cells.ts';
import { baseChange, coverHue, learnMs } from './settings.ts';

/** Most samples that are kept, and the least capture time between two of them: quicker ones say the same again. */
const mostKept = 9;
const apartMs = learnMs / (mostKept - 1);

/**
 * The samples from which a background is made. Whoever walks through them stands in a cell for one or two of them: each cell's ground is
 * what most of its samples agree on, not their mean, in which every passer-by would leave a trace that looks like something gone.
 */
export interface FirstLook {
  /** The background's newest sample, but for what lies behind a model's detections. */
  note(background: Background, atMs: number): void;
  /** Makes the background of what was noted, once; cells that were hidden in every sample stay unknown. */
  finish(background: Background): void;
  forget(): void;
}

interface Kept {
  readonly light: Float32Array;
  readonly redness: Float32Array;
  readonly blueness: Float32Array;
  readonly greenness: Float32Array;
  readonly isCovered: Uint8Array;
}

export function createFirstLook(): FirstLook {
  let kept: Kept[] = [];
  let keptAtMs = Number.NEGATIVE_INFINITY;
  const values = new Float64Array(mostKept);

  const forget = (): void => {
    kept = [];
    keptAtMs = Number.NEGATIVE_INFINITY;
  };
  const finishEdges = (background: Background): void => {
    const { field, slowX, slowY, fastX, fastY, isKnown } = background;
    const { columns, rows, from, to, zoneOf } = field;
    for (let row = 1; row < rows - 1; row++)
      for (let i = row * columns + (from[row] as number); i < row * columns + (to[row] as number); i++) {
        if (zoneOf[i] === 0) continue;
        let seen = 0;
        for (const { light, isCovered } of kept)
          if (isCovered[i] === 0) values[seen++] = (light[i + 1] as number) - (light[i - 1] as number);
        if (seen === 0) continue;
        slowX[i] = fastX[i] = toAgreed(values, seen, baseChange);
        seen = 0;
        for (const { light, isCovered } of kept)
          if (isCovered[i] === 0)
            values[seen++] = (light[i + columns] as number) - (light[i - columns] as number);
        slowY[i] = fastY[i] = toAgreed(values, seen, baseChange);
        isKnown[i] = 1;
      }
  };
  const finishHues = ({ field, hues }: Background): void => {
    const { columns, rows, from, to, zoneOf } = field;
    const hueColumns = toHueColumns(field);
    const agree = (name: 'redness' | 'blueness' | 'greenness', i: number, cell: number): number => {
      let seen = 0;
      for (const sample of kept) if (sample.isCovered[cell] === 0) values[seen++] = sample[name][i] as number;
      return seen === 0 ? 0 : toAgreed(values, seen, coverHue);
    };
    for (let row = 0; row < rows; row += 2)
      for (let column = ((from[row] as number) + 1) & ~1; column < (to[row] as number); column += 2) {
        const cell = row * columns + column;
        if (zoneOf[cell] === 0) continue;
        const i = (row >> 1) * hueColumns + (column >> 1);
        hues.slowRed[i] = hues.fastRed[i] = agree('redness', i, cell);
        hues.slowBlue[i] = hues.fastBlue[i] = agree('blueness', i, cell);
        hues.slowGreen[i] = hues.fastGreen[i] = agree('greenness', i, cell);
      }
  };
  return {
    note({ reader, isCovered }, atMs) {
      if (kept.length === mostKept || atMs - keptAtMs < apartMs) return;
      keptAtMs = atMs;
      kept.push({
        light: reader.light.slice(),
        redness: reader.redness.slice(),
        blueness: reader.blueness.slice(),
        greenness: reader.greenness.slice(),
        isCovered: isCovered.slice(),
      });
    },
    finish(background) {
      if (kept.length === 0) return;
      finishEdges(background);
      for (let row = 1; row < background.field.rows - 1; row++) followEdges(background, row);
      finishHues(background);
      forget();
    },
    forget,
  };
}

/** Mean of those of the first `count` values that are within `alike` of their median. */
function toAgreed(values: Float64Array, count: number, alike: number): number {
  const sorted = values.subarray(0, count).toSorted();
  const median = ((sorted[(count - 1) >> 1] as number) + (sorted[count >> 1] as number)) / 2;
  let sum = 0;
  let agreed = 0;
  for (let k = 0; k < count; k++) {
    const value = sorted[k] as number;
    if (Math.abs(value - median) > alike) continue;
    sum += value;
    agreed++;
  }
  return agreed === 0 ? median : sum / agreed;
}
