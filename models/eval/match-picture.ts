import { type AreaRange, iouThresholds } from './coco-rules.ts';
import type { Found, Truth } from './dataset.ts';
import { toPixelIou } from './pixel-iou.ts';

/** Marked and found things of one category in one picture, with their overlaps. */
export interface PictureOfCategory {
  readonly truths: readonly Truth[];
  /** Best score first, at most 100. */
  readonly found: readonly Found[];
  /** `ious[f * truths.length + t]`. */
  readonly ious: Float64Array;
}

export interface PictureMatch {
  /** Index of the truth that a detection took at a threshold, or -1: `matches[threshold * found.length + f]`. */
  readonly matches: Int32Array;
  /** 1 where the detection counts neither for nor against; the same order. */
  readonly ignored: Uint8Array;
  /** Truths that count. */
  readonly countedTruths: number;
}

export function toPictureOfCategory(truths: readonly Truth[], found: readonly Found[]): PictureOfCategory {
  const ious = new Float64Array(truths.length * found.length);
  for (const [f, one] of found.entries())
    for (const [t, truth] of truths.entries())
      ious[f * truths.length + t] = toPixelIou(one.box, truth.box, truth.isCrowd);
  return { truths, found, ious };
}

/** Highest overlap asked for: boxes that agree but for rounding match at every threshold. */
const almostOne = 1 - 1e-10;

/**
 * Matches detections, best first, each with the truth still free that it overlaps most. Truths of other sizes and crowds
 * come last and only for detections that found no counted truth; a crowd can be taken many times. A detection that took
 * one of those, or that took nothing and is itself of another size, is ignored.
 * Source: `COCOeval.evaluateImg` in cocoeval.py of cocodataset/cocoapi.
 */
export function matchPicture({ truths, found, ious }: PictureOfCategory, area: AreaRange): PictureMatch {
  const isIgnored = truths.map((truth) => truth.isCrowd || !isWithin(truth.area, area));
  const order = [...truths.keys()].toSorted((a, b) => Number(isIgnored[a]) - Number(isIgnored[b]));
  const matches = new Int32Array(iouThresholds.length * found.length).fill(-1);
  const ignored = new Uint8Array(matches.length);
  for (const [level, threshold] of iouThresholds.entries()) {
    const isTaken = new Uint8Array(truths.length);
    for (const [f, one] of found.entries()) {
      let best = -1;
      let bestIou = Math.min(threshold, almostOne);
      for (const t of order) {
        if (isTaken[t] === 1 && truths[t]?.isCrowd !== true) continue;
        if (best >= 0 && isIgnored[best] === false && isIgnored[t] === true) break;
        const iou = ious[f * truths.length + t] as number;
        if (iou < bestIou) continue; // at equal overlap the later truth is taken, as COCO does
        bestIou = iou;
        best = t;
      }
      const at = level * found.length + f;
      matches[at] = best;
      if (best >= 0) isTaken[best] = 1;
      const isOut = best >= 0 ? isIgnored[best] === true : !isWithin(one.box[2] * one.box[3], area);
      ignored[at] = isOut ? 1 : 0;
    }
  }
  return { matches, ignored, countedTruths: isIgnored.filter((each) => !each).length };
}

function isWithin(area: number, { min, max }: AreaRange): boolean {
  return area >= min && area <= max;
}
