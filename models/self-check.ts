import { drawStreet, type ModelCard, type TryResult, tryModel } from '../detector/mod.ts';
import type { CheckPicture } from './check-picture.ts';
import {
  type Fixed,
  findCars,
  knowsCars,
  listAtCars,
  listVariants,
  pickVariant,
  toTries,
} from './compare-inputs.ts';
import { judgeModel } from './judge-model.ts';

/**
 * Runs a model on a picture and on a drawing, refuses nonsense, and says in words what came out. The card that comes
 * back differs from the one given where another colour order or range of values proved clearly right.
 * @throws XunjieError `model_failed` with the reason, `model_not_understood`, `bad_config`.
 */
export async function checkModel(
  guess: ModelCard,
  weightsPath: string,
  check: CheckPicture,
  fixed: Fixed,
): Promise<{ card: ModelCard; sentences: string[] }> {
  const drawing = drawStreet(check.picture.pixelWidth, check.picture.pixelHeight);
  const variants = listVariants(guess, fixed);
  const tries = [...toTries(variants, check.picture), ...toTries(variants, drawing)];
  const results = await tryModel({ weightsPath, tries });
  const answers = variants.map((_, i) => ({
    onPicture: results[i],
    onDrawing: results[i + variants.length],
  }));
  const { card, sentence } = pickVariant([guess, ...variants.slice(1)], answers, check);
  const { onPicture, onDrawing } = answers[variants.indexOf(card)] ?? {};
  if (onPicture === undefined || onDrawing === undefined) throw new Error('a try was not answered');
  judgeModel(card, { onPicture, onDrawing });
  // The shortest of all runs: the first ones of a session are longer.
  const inferMs = Math.min(...results.map((each) => each.inferMs));
  const words = [
    `self-check on ${check.what}: ${describeFound(card, onPicture)}; all numbers finite, ${inferMs.toFixed(0)} ms per picture on one core`,
    ...describeCars(card, onPicture, check),
    ...(sentence === null ? [] : [sentence]),
  ];
  return { card, sentences: words };
}

const shownScore = 0.25;
const maxLabelsShown = 8;

/** As in `3 car (0.86, 0.85, 0.84), 1 person (0.31)`. */
function describeFound(card: ModelCard, { found, isEmpty, highestScore }: TryResult): string {
  const byLabel = new Map<string, number[]>();
  for (const { label, score } of found) {
    if (score < shownScore) continue;
    const name = card.labels[label] ?? String(label);
    byLabel.set(name, [...(byLabel.get(name) ?? []), score]);
  }
  if (byLabel.size === 0) {
    if (isEmpty) return 'it selected nothing at all, so nothing can be said of its boxes';
    return highestScore <= 0
      ? 'nothing, every score is 0 (an int8 export with one range for boxes and scores does that, for example: leave its last layers out of the quantisation)'
      : `nothing with a score of ${shownScore} or more`;
  }
  const words = [...byLabel].slice(0, maxLabelsShown).map(([name, scores]) => {
    const shown = scores.slice(0, 5).map((score) => score.toFixed(2));
    return `${scores.length} ${name} (${shown.join(', ')}${scores.length > shown.length ? ', ...' : ''})`;
  });
  return `${words.join(', ')}${byLabel.size > words.length ? `, and ${byLabel.size - words.length} other labels` : ''}`;
}

function describeCars(card: ModelCard, result: TryResult, check: CheckPicture): string[] {
  if (check.cars.length === 0 || !knowsCars(card)) return [];
  const seen = findCars(card, result, check).filter((score) => score >= shownScore).length;
  if (seen === check.cars.length) return ['it finds the three cars where they are'];
  const others = listAtCars(card, result, check).map((label) => `"${label}"`);
  if (seen === 0 && others.length > 0)
    return [
      `warning: where the three cars are it finds ${others.join(', ')}; its labels are probably in another order (--labels), or counted from 1 (--labels with a first line for 0, such as "background")`,
    ];
  return [
    seen === 0
      ? 'warning: it finds none of the three cars where they are; if it was trained to find cars from above, its pictures are prepared wrongly (--colour, --scale, --padding) or its labels are others (--labels)'
      : `it finds ${seen} of the three cars where they are`,
  ];
}
