import { type Model, openDetector } from '../detector/mod.ts';
import { XunjieError } from '../domain/mod.ts';
import { makeCheckPicture } from './check-picture.ts';

const timedRuns = 5;
const maxCertainThings = 30;
const certainScore = 0.5;

const quietLogger = { info() {}, warn() {}, error() {} };

/**
 * Runs a model on a drawn street and says in words what came out.
 * @throws XunjieError `model_failed` when the numbers are not finite, no probabilities, or it sees a crowd in a drawing.
 */
export async function checkModel(model: Model): Promise<string> {
  const detector = await openDetector({ model, workers: 1, logger: quietLogger });
  try {
    const picture = makeCheckPicture(detector.maxPixelWidth, Math.round((detector.maxPixelWidth * 9) / 16));
    const found = await detector.detect(picture);
    const certain = found.filter((detection) => detection.score >= certainScore);
    if (certain.length > maxCertainThings)
      throw new XunjieError(
        'model_failed',
        `model ${model.card.name} sees ${certain.length} things with a score of ${certainScore} or more in a drawing of an empty street; its output is nonsense, or was not understood`,
      );
    const before = detector.stats();
    for (let i = 0; i < timedRuns; i++) await detector.detect(picture);
    const inferMs = (detector.stats().inferMs - before.inferMs) / timedRuns;
    return `self-check: ${found.length} things in a drawn street (${certain.length} of them with a score of ${certainScore} or more), all numbers finite, ${inferMs.toFixed(1)} ms per picture on one core; whether colours and scaling are right only real pictures show`;
  } finally {
    await detector.close();
  }
}
