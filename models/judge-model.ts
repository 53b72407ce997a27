import type { ModelCard, TryResult } from '../detector/mod.ts';
import { XunjieError } from '../domain/mod.ts';

const maxCertainThings = 30;
const certainScore = 0.5;
const slack = 1e-3;

/** What a model made of a real picture and of a drawing of an empty street. */
export interface Trial {
  readonly onPicture: TryResult;
  readonly onDrawing: TryResult;
}

/** Refuses a model whose output is nonsense. @throws XunjieError `model_failed` with the reason. */
export function judgeModel(card: ModelCard, { onPicture, onDrawing }: Trial): void {
  const refuse = (reason: string): never => {
    throw new XunjieError('model_failed', `model ${card.name}: self-check failed: ${reason}`);
  };
  for (const result of [onPicture, onDrawing]) {
    const [broken] = result.broken;
    if (broken !== undefined)
      refuse(
        `output "${broken.output}" holds ${broken.count} NaN or infinite values among its ${broken.of}; a half-float export of a model not made for it does that, for example`,
      );
    if (result.failure !== null) refuse(result.failure);
    if (result.lowestScore < -slack || result.highestScore > 1 + slack)
      refuse(
        `its scores reach from ${result.lowestScore.toPrecision(3)} to ${result.highestScore.toPrecision(3)}; scores must lie in 0-1, so this is no output of head ${card.head}, or one from before the last sigmoid`,
      );
    if (result.outside * 2 > result.likely)
      refuse(
        `${result.outside} of ${result.likely} likely boxes lie far outside the picture, so its boxes are not what head ${card.head} gives`,
      );
  }
  // A model that selects its boxes may rightly select none in either picture.
  const mayBeEmpty = card.head === 'yolo-e2e' || card.layout?.order !== undefined;
  if (onPicture.fingerprint === onDrawing.fingerprint && !(mayBeEmpty && onPicture.isEmpty))
    refuse('it gives the same output whatever picture it is shown');
  const certain = onDrawing.found.filter(({ score }) => score >= certainScore).length;
  if (certain > maxCertainThings)
    refuse(
      `it sees ${certain} things with a score of ${certainScore} or more in a drawing of an empty street; its output is nonsense, or was not understood`,
    );
}
