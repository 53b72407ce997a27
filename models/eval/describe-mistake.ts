import type { Found, PixelBox, Truth } from './dataset.ts';
import type { DrawnBox } from './draw-mistake.ts';
import type { Evaluation } from './evaluate.ts';
import type { MissedThing, WrongDetection } from './find-mistakes.ts';

/** A mistake ready to be drawn and told. */
export interface ShownMistake {
  /** Index into the dataset's pictures. */
  readonly picture: number;
  readonly boxes: readonly DrawnBox[];
  /** What happened. */
  readonly title: string;
  /** Where, and what else is known. */
  readonly lines: readonly string[];
}

/** The first `count` mistakes, at most two of one picture so that one odd picture does not fill the page. */
export function pickWorst<T>(mistakes: readonly T[], toPicture: (mistake: T) => number, count: number): T[] {
  const seen = new Map<number, number>();
  const picked: T[] = [];
  for (const mistake of mistakes) {
    const picture = toPicture(mistake);
    const times = seen.get(picture) ?? 0;
    if (times >= maxPerPicture) continue;
    seen.set(picture, times + 1);
    picked.push(mistake);
    if (picked.length === count) break;
  }
  return picked;
}

export const maxPerPicture = 2;

/** Tells of a wrong detection. */
export function describeWrong(wrong: WrongDetection, evaluation: Evaluation): ShownMistake {
  const { kind, found, truth, iou } = wrong;
  const name = evaluation.dataset.categories[found.category] ?? '';
  const other = truth === null ? '' : (evaluation.dataset.categories[truth.category] ?? '');
  const score = found.score.toFixed(2);
  const titles = {
    background: `${name} ${score}, nothing marked there`,
    duplicate: `${name} ${score}, reported a second time`,
    misplaced: `${name} ${score}, badly placed (IoU ${iou.toFixed(2)})`,
    confusion: `${other} taken for ${name} ${score}`,
  };
  return {
    picture: found.picture,
    boxes: [
      ...drawAround(found.picture, [found.category, truth?.category], truth, evaluation),
      ...(truth === null ? [] : [{ box: truth.box, stroke: 'marked' as const }]),
      { box: found.box, stroke: 'reported' },
    ],
    title: titles[kind],
    lines: [
      ...(kind === 'confusion' ? [`IoU ${iou.toFixed(2)}${describeOwn(truth, evaluation)}`] : []),
      describePlace(found.picture, found.box, evaluation),
    ],
  };
}

/** Tells of a marked thing that was not reported. */
export function describeMissed(missed: MissedThing, evaluation: Evaluation): ShownMistake {
  const { truth, nearest, iou } = missed;
  return {
    picture: truth.picture,
    boxes: [
      ...drawAround(truth.picture, [truth.category, nearest?.category], truth, evaluation),
      ...(nearest === null ? [] : [{ box: nearest.box, stroke: 'reported' as const }]),
      { box: truth.box, stroke: 'marked' },
    ],
    title: `${evaluation.dataset.categories[truth.category] ?? ''} missed`,
    lines: [
      nearest === null ? 'nothing reported there' : `nearest: ${describeFound(nearest, iou, evaluation)}`,
      describePlace(truth.picture, truth.box, evaluation),
    ],
  };
}

function describeFound(found: Found, iou: number, { dataset, classes }: Evaluation): string {
  const best = classes.find((each) => each.category === found.category)?.best ?? null;
  const isBelow = best === null || found.score < best.threshold;
  return `${dataset.categories[found.category] ?? ''} ${found.score.toFixed(2)}, IoU ${iou.toFixed(2)}${isBelow ? ', below its threshold' : ''}`;
}

/** Whether the right class was reported there as well. */
function describeOwn(truth: Truth | null, { classes, dataset }: Evaluation): string {
  if (truth === null) return '';
  const own = classes.find((each) => each.category === truth.category);
  const verdict = own?.verdicts.find((each) => each.truth === truth);
  const name = dataset.categories[truth.category] ?? '';
  return verdict === undefined
    ? `; ${name} was not reported there`
    : `; ${name} was reported too, with ${verdict.found.score.toFixed(2)}`;
}

function describePlace(picture: number, box: PixelBox, { dataset }: Evaluation): string {
  const [left, top, width, height] = box.map((value) => Math.round(value)) as unknown as PixelBox;
  return `${dataset.pictures[picture]?.name ?? ''} at ${left},${top}, ${width}x${height} px`;
}

function drawAround(
  picture: number,
  categories: readonly (number | undefined)[],
  except: Truth | null,
  { dataset }: Evaluation,
): DrawnBox[] {
  return dataset.truths
    .filter((truth) => truth.picture === picture && categories.includes(truth.category) && truth !== except)
    .map(({ box }) => ({ box, stroke: 'around' }));
}
