import type { Verdict } from './coco-ap.ts';
import type { Found, Truth } from './dataset.ts';
import type { ClassEvaluation, Evaluation } from './evaluate.ts';
import { groupBy } from './group-by.ts';
import { toPixelIou } from './pixel-iou.ts';

/**
 * Why a detection is wrong at IoU 0.5, after "TIDE: A General Toolbox for Identifying Object Detection Errors" (Bolya et
 * al. 2020, arXiv 2008.08115) with its thresholds 0.5 and 0.1: the thing was found already; it is of another class; it
 * lies there but not well enough; there is nothing.
 */
export const wrongKinds = ['duplicate', 'confusion', 'misplaced', 'background'] as const;
export type WrongKind = (typeof wrongKinds)[number];

export interface WrongDetection {
  readonly kind: WrongKind;
  readonly found: Found;
  /** The marked thing it was taken for or misses; `null` for background. */
  readonly truth: Truth | null;
  /** Overlap with that thing. */
  readonly iou: number;
}

export interface MissedThing {
  readonly truth: Truth;
  /** The detection of any class that says most of what was seen there (score times overlap); `null` below IoU 0.1. */
  readonly nearest: Found | null;
  readonly iou: number;
}

/** What goes wrong in one class at its best threshold. */
export interface MistakeCounts {
  readonly category: number;
  readonly right: number;
  readonly wrong: Readonly<Record<WrongKind, number>>;
  readonly missed: number;
}

/** Things of one class reported as another, at the reported class's best threshold. */
export interface ConfusedPair {
  readonly marked: number;
  readonly reported: number;
  readonly count: number;
}

export interface Mistakes {
  readonly counts: readonly MistakeCounts[];
  /** Most frequent first. */
  readonly pairs: readonly ConfusedPair[];
  /** Surest first; at any threshold, confusions apart. */
  readonly wrong: readonly WrongDetection[];
  readonly confusions: readonly WrongDetection[];
  /** Largest first; at the class's best threshold. */
  readonly missed: readonly MissedThing[];
}

const sameThing = 0.5;
const nearThing = 0.1;

/** Sorts out what a model did wrong, from the verdicts at IoU 0.5. */
export function findMistakes({ classes, dataset }: Pick<Evaluation, 'classes' | 'dataset'>): Mistakes {
  const truthsOf = groupBy(
    dataset.truths.filter((truth) => !truth.isCrowd),
    (truth) => truth.picture,
  );
  const foundOf = groupBy(
    classes.flatMap((each) => each.verdicts.map((verdict) => verdict.found)),
    (found) => found.picture,
  );
  const wrongOf = new Map(
    classes.map((each) => [
      each.category,
      each.verdicts
        .filter((verdict) => verdict.truth === null && !verdict.isIgnored)
        .map(({ found }) => explainWrong(found, truthsOf.get(found.picture) ?? [])),
    ]),
  );
  const wrong = [...wrongOf.values()].flat().toSorted((a, b) => b.found.score - a.found.score);
  const missedTruths = listMissed(classes, dataset.truths);
  return {
    counts: classes.map((each) =>
      countMistakes(
        each,
        wrongOf.get(each.category) ?? [],
        missedTruths.filter((truth) => truth.category === each.category).length,
      ),
    ),
    pairs: countPairs(classes, wrongOf),
    wrong: wrong.filter(({ kind }) => kind !== 'confusion'),
    confusions: wrong.filter(({ kind }) => kind === 'confusion'),
    missed: missedTruths
      .toSorted((a, b) => b.area - a.area)
      .map((truth) => explainMissed(truth, foundOf.get(truth.picture) ?? [])),
  };
}

function explainWrong(found: Found, truths: readonly Truth[]): WrongDetection {
  const own = findNearest(
    found,
    truths.filter((truth) => truth.category === found.category),
  );
  if (own.iou >= sameThing) return { kind: 'duplicate', found, ...own };
  const other = findNearest(
    found,
    truths.filter((truth) => truth.category !== found.category),
  );
  if (other.iou >= sameThing) return { kind: 'confusion', found, ...other };
  if (own.iou >= nearThing) return { kind: 'misplaced', found, ...own };
  return { kind: 'background', found, truth: null, iou: 0 };
}

function findNearest(found: Found, truths: readonly Truth[]): { truth: Truth | null; iou: number } {
  let nearest: Truth | null = null;
  let best = 0;
  for (const truth of truths) {
    const iou = toPixelIou(found.box, truth.box, false);
    if (iou <= best) continue;
    nearest = truth;
    best = iou;
  }
  return { truth: nearest, iou: best };
}

function isReported(verdict: Verdict, { best }: ClassEvaluation): boolean {
  return best !== null && verdict.found.score >= best.threshold;
}

function listMissed(classes: readonly ClassEvaluation[], truths: readonly Truth[]): Truth[] {
  const right = new Set(
    classes.flatMap((each) =>
      each.verdicts.filter((verdict) => isReported(verdict, each)).map((verdict) => verdict.truth),
    ),
  );
  return truths.filter((truth) => !truth.isCrowd && !right.has(truth));
}

function explainMissed(truth: Truth, found: readonly Found[]): MissedThing {
  let nearest: Found | null = null;
  let best = 0;
  for (const one of found) {
    const iou = toPixelIou(one.box, truth.box, false);
    if (iou < nearThing || iou * one.score <= best) continue;
    nearest = one;
    best = iou * one.score;
  }
  return { truth, nearest, iou: nearest === null ? 0 : toPixelIou(nearest.box, truth.box, false) };
}

function countMistakes(
  each: ClassEvaluation,
  wrong: readonly WrongDetection[],
  missed: number,
): MistakeCounts {
  const count = (kind: WrongKind): number =>
    wrong.filter((one) => one.kind === kind && each.best !== null && one.found.score >= each.best.threshold)
      .length;
  return {
    category: each.category,
    right: each.verdicts.filter(
      (verdict) => verdict.truth !== null && !verdict.isIgnored && isReported(verdict, each),
    ).length,
    wrong: {
      duplicate: count('duplicate'),
      confusion: count('confusion'),
      misplaced: count('misplaced'),
      background: count('background'),
    },
    missed,
  };
}

function countPairs(
  classes: readonly ClassEvaluation[],
  wrongOf: ReadonlyMap<number, readonly WrongDetection[]>,
): ConfusedPair[] {
  const counts = new Map<string, ConfusedPair>();
  for (const each of classes)
    for (const { kind, truth, found } of wrongOf.get(each.category) ?? []) {
      if (kind !== 'confusion' || truth === null) continue;
      if (each.best === null || found.score < each.best.threshold) continue;
      const key = `${truth.category}:${found.category}`;
      const count = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { marked: truth.category, reported: found.category, count });
    }
  return [...counts.values()].toSorted((a, b) => b.count - a.count);
}
