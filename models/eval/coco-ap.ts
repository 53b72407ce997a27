import {
  type AreaName,
  areaRanges,
  detectionLimits,
  iouThresholds,
  maxDetectionsCounted,
  noFigure,
} from './coco-rules.ts';
import type { Found, Truth } from './dataset.ts';
import { groupBy } from './group-by.ts';
import {
  matchPicture,
  type PictureMatch,
  type PictureOfCategory,
  toPictureOfCategory,
} from './match-picture.ts';
import { type CurvePoint, type Outcome, toAveragePrecision, toCurve } from './precision-recall.ts';

/** COCO's twelve figures, 0-1, or -1 where there was nothing to average over. */
export interface CocoFigures {
  readonly ap50_95: number;
  readonly ap50: number;
  readonly ap75: number;
  readonly apSmall: number;
  readonly apMedium: number;
  readonly apLarge: number;
  /** Recall averaged over the IoU thresholds with 1, 10 and 100 detections per picture and category. */
  readonly ar1: number;
  readonly ar10: number;
  readonly ar100: number;
  readonly arSmall: number;
  readonly arMedium: number;
  readonly arLarge: number;
}

/** What became of one detection at IoU 0.5. */
export interface Verdict {
  readonly found: Found;
  /** The truth it took; `null`: none. */
  readonly truth: Truth | null;
  /** It took a crowd: neither right nor wrong. */
  readonly isIgnored: boolean;
}

export interface CategoryFigures {
  /** Marked things that count (no crowds). */
  readonly truths: number;
  /** Detections that count, right or wrong at IoU 0.5. */
  readonly found: number;
  readonly ap50_95: number;
  readonly ap50: number;
  readonly ap75: number;
  /** At IoU 0.5 and 0.75, best score first. */
  readonly curve50: readonly CurvePoint[];
  readonly curve75: readonly CurvePoint[];
  /** At IoU 0.5, best score first. */
  readonly verdicts: readonly Verdict[];
}

export interface CocoResult {
  readonly figures: CocoFigures;
  /** By category index. */
  readonly categories: readonly CategoryFigures[];
}

/**
 * Computes COCO's detection figures. Categories and sizes without a marked thing are left out of every mean. Detections
 * of one picture and category beyond the best 100 are ignored; of equal scores the earlier picture's comes first.
 * Source: cocoeval.py of cocodataset/cocoapi (`evaluateImg`, `accumulate`, `summarize`).
 */
export function computeCocoAp(
  truths: readonly Truth[],
  found: readonly Found[],
  categoryCount: number,
): CocoResult {
  const truthsOf = groupBy(truths, (truth) => truth.category);
  const foundOf = groupBy(found, (one) => one.category);
  const all = Array.from({ length: categoryCount }, (_none, category) =>
    computeCategory(truthsOf.get(category) ?? [], foundOf.get(category) ?? []),
  );
  const mean = (area: AreaName, pick: (measured: Measured) => readonly number[]): number =>
    toMean(all.flatMap(({ byArea }) => (byArea[area] === null ? [] : pick(byArea[area]))));
  const recallWithin = (limit: number) => (measured: Measured) => measured.recalls[limit] ?? [];
  return {
    figures: {
      ap50_95: mean('all', ({ aps }) => aps),
      ap50: mean('all', ({ aps }) => [aps[level50] as number]),
      ap75: mean('all', ({ aps }) => [aps[level75] as number]),
      apSmall: mean('small', ({ aps }) => aps),
      apMedium: mean('medium', ({ aps }) => aps),
      apLarge: mean('large', ({ aps }) => aps),
      ar1: mean('all', recallWithin(1)),
      ar10: mean('all', recallWithin(10)),
      ar100: mean('all', recallWithin(maxDetectionsCounted)),
      arSmall: mean('small', recallWithin(maxDetectionsCounted)),
      arMedium: mean('medium', recallWithin(maxDetectionsCounted)),
      arLarge: mean('large', recallWithin(maxDetectionsCounted)),
    },
    categories: all.map(({ figures }) => figures),
  };
}

const level50 = 0;
const level75 = 5;

/** One category within one range of sizes. */
interface Measured {
  /** Average precision by IoU threshold. */
  readonly aps: readonly number[];
  /** Recall by IoU threshold, for each limit of detections per picture. */
  readonly recalls: Readonly<Record<number, readonly number[]>>;
}

interface CategoryResult {
  readonly figures: CategoryFigures;
  readonly byArea: Readonly<Record<AreaName, Measured | null>>;
}

function computeCategory(truths: readonly Truth[], found: readonly Found[]): CategoryResult {
  const pictures = toPictures(truths, found);
  const matchesOf = (area: AreaName): PictureMatch[] =>
    pictures.map((picture) => matchPicture(picture, areaRanges[area]));
  const matches = matchesOf('all');
  const all = measure(pictures, matches);
  const counted = countTruths(matches);
  const curveAt = (level: number): CurvePoint[] =>
    counted === 0 ? [] : toCurve(listOutcomes(pictures, matches, level, maxDetectionsCounted), counted);
  const verdicts = listVerdicts(pictures, matches);
  return {
    figures: {
      truths: counted,
      found: verdicts.filter((verdict) => !verdict.isIgnored).length,
      ap50_95: all === null ? noFigure : toMean(all.aps),
      ap50: all?.aps[level50] ?? noFigure,
      ap75: all?.aps[level75] ?? noFigure,
      curve50: curveAt(level50),
      curve75: curveAt(level75),
      verdicts,
    },
    byArea: {
      all,
      small: measure(pictures, matchesOf('small')),
      medium: measure(pictures, matchesOf('medium')),
      large: measure(pictures, matchesOf('large')),
    },
  };
}

function toPictures(truths: readonly Truth[], found: readonly Found[]): PictureOfCategory[] {
  const truthsOf = groupBy(truths, (truth) => truth.picture);
  const foundOf = groupBy(found, (one) => one.picture);
  const numbers = [...new Set([...truthsOf.keys(), ...foundOf.keys()])].toSorted((a, b) => a - b);
  return numbers.map((number) =>
    toPictureOfCategory(
      truthsOf.get(number) ?? [],
      (foundOf.get(number) ?? []).toSorted((a, b) => b.score - a.score).slice(0, maxDetectionsCounted),
    ),
  );
}

function countTruths(matches: readonly PictureMatch[]): number {
  return matches.reduce((sum, match) => sum + match.countedTruths, 0);
}

function measure(pictures: readonly PictureOfCategory[], matches: readonly PictureMatch[]): Measured | null {
  const truths = countTruths(matches);
  if (truths === 0) return null;
  const recalls: Record<number, number[]> = {};
  for (const limit of detectionLimits)
    recalls[limit] = iouThresholds.map(
      (_threshold, level) =>
        listOutcomes(pictures, matches, level, limit).filter((each) => each.isRight).length / truths,
    );
  const aps = iouThresholds.map((_threshold, level) =>
    toAveragePrecision(toCurve(listOutcomes(pictures, matches, level, maxDetectionsCounted), truths)),
  );
  return { aps, recalls };
}

/** All pictures' detections that count at one IoU threshold, best score first. */
function listOutcomes(
  pictures: readonly PictureOfCategory[],
  matches: readonly PictureMatch[],
  level: number,
  limit: number,
): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const [p, { found }] of pictures.entries()) {
    const match = matches[p] as PictureMatch;
    for (const [f, { score }] of found.slice(0, limit).entries()) {
      const at = level * found.length + f;
      if (match.ignored[at] === 0) outcomes.push({ score, isRight: (match.matches[at] as number) >= 0 });
    }
  }
  return outcomes.toSorted((a, b) => b.score - a.score);
}

function listVerdicts(pictures: readonly PictureOfCategory[], matches: readonly PictureMatch[]): Verdict[] {
  return pictures
    .flatMap(({ found, truths }, p) =>
      found.map((one, f): Verdict => {
        const match = matches[p] as PictureMatch;
        return {
          found: one,
          truth: truths[match.matches[f] as number] ?? null,
          isIgnored: match.ignored[f] === 1,
        };
      }),
    )
    .toSorted((a, b) => b.found.score - a.found.score);
}

function toMean(values: readonly number[]): number {
  return values.length === 0 ? noFigure : values.reduce((sum, value) => sum + value, 0) / values.length;
}
