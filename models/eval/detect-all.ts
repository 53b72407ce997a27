import type { ModelCard, Picture } from '../../detector/mod.ts';
import { type Box, XunjieError } from '../../domain/mod.ts';
import type { EvalPicture, Found } from './dataset.ts';
import { fitPicture } from './fit-picture.ts';
import { decodePicture } from './open-picture.ts';

/** What an evaluation needs of a detector: boxes 0-1 of the picture, `label` an index into the card's labels. */
interface LabelDetector {
  detect(picture: Picture): Promise<readonly { label: number; score: number; box: Box }[]>;
}

interface DetectAllOptions {
  readonly detector: LabelDetector;
  readonly input: ModelCard['input'];
  readonly pictures: readonly EvalPicture[];
  /** Category by label; `null`: not in the dataset. */
  readonly categoryOf: readonly (number | null)[];
  /** Pictures on their way at once. */
  readonly atOnce: number;
  /** Leave out pictures that cannot be decoded instead of ending. */
  readonly allowBroken: boolean;
  readonly onProgress: (done: number, total: number) => void;
}

interface DetectAllResult {
  /** In the order of the pictures. */
  readonly found: readonly Found[];
  /** Detections with a label that the dataset does not have. */
  readonly foreign: number;
  /** Why pictures were left out, by their index. */
  readonly broken: ReadonlyMap<number, string>;
}

/** Runs a detector over all pictures. @throws XunjieError `bad_dataset` (a broken picture), `model_failed`. */
export async function detectAll(options: DetectAllOptions): Promise<DetectAllResult> {
  const { detector, input, pictures, categoryOf, atOnce, allowBroken, onProgress } = options;
  const byPicture: Found[][] = pictures.map(() => []);
  const broken = new Map<number, string>();
  let foreign = 0;
  let next = 0;
  let done = 0;
  let isStopped = false;

  async function detectOne(index: number): Promise<void> {
    const picture = await decodePicture(pictures[index] as EvalPicture).catch((error: unknown) => {
      if (!allowBroken || !(error instanceof XunjieError)) throw error;
      broken.set(index, error.message);
      return null;
    });
    if (picture === null) return;
    const { pixelWidth, pixelHeight } = picture;
    for (const { label, score, box } of await detector.detect(fitPicture(picture, input))) {
      const category = categoryOf[label] ?? null;
      if (category === null) {
        foreign++;
        continue;
      }
      const [x1, y1, x2, y2] = box;
      byPicture[index]?.push({
        picture: index,
        category,
        score,
        box: [x1 * pixelWidth, y1 * pixelHeight, (x2 - x1) * pixelWidth, (y2 - y1) * pixelHeight],
      });
    }
  }

  async function work(): Promise<void> {
    while (next < pictures.length && !isStopped) {
      try {
        await detectOne(next++);
      } catch (error) {
        isStopped = true;
        throw error;
      }
      onProgress(++done, pictures.length);
    }
  }

  // Settled, not raced: nothing may still run when the caller closes the detector.
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, work));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return { found: byPicture.flat(), foreign, broken };
}
