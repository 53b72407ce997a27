import { XunjieError } from '../domain/errors.ts';
import type { Detection } from '../domain/mod.ts';
import { checkInputs } from './check-fit.ts';
import { isEndToEnd, toReader } from './decode-outputs.ts';
import type { LabelDetection, Report, ThresholdOverrides } from './label-detection.ts';
import type { Letterbox } from './letterbox.ts';
import type { ModelCard } from './model-card.ts';
import { type Network, openNetwork, type SessionSetup } from './network.ts';
import type { Picture } from './picture.ts';
import type { StepCounts } from './provider-share.ts';
import type { RawBox } from './raw-box.ts';
import { createRunner, findBoxes, type Runner } from './runner.ts';
import { toDetections, toLabelDetections } from './to-detections.ts';
import type { JobTiming } from './worker-messages.ts';

/** What a model reports of one picture, by the terms asked for. */
export interface FoundBy {
  readonly classes: Detection;
  readonly labels: LabelDetection;
}

export interface PictureModelOptions<R extends Report> {
  readonly card: ModelCard;
  readonly weightsPath: string;
  readonly report: R;
  readonly thresholds?: ThresholdOverrides;
  /** Default: the processor, one thread. */
  readonly session?: SessionSetup;
}

/** An open model that takes pictures. It blocks its thread, so it lives in a worker. */
export interface PictureModel<R extends Report> {
  /**
   * Most pictures per call: what the file fixes (a shorter list is padded), else a bound of ours. It falls to 1 when a
   * file that leaves its batch open turns out not to bear more.
   */
  readonly maxBatch: number;
  /**
   * Finds things in 1 to `maxBatch` pictures, answers in their order.
   * @throws XunjieError `model_failed` (NaN, no probabilities, the runtime's own failure).
   */
  detect(
    pictures: readonly Picture[],
  ): Promise<{ readonly found: FoundBy[R][][]; readonly timing: JobTiming }>;
  /** As `Network.countSteps`. */
  countSteps(): Promise<StepCounts>;
  release(): Promise<void>;
}

/** Most pictures at once for files that leave the batch open: GPUs gain little beyond, and memory grows with it. */
const maxOpenBatch = 16;

/**
 * Opens a model and runs it once on grey, so that a card that does not fit is refused before the first picture.
 * @throws XunjieError `model_not_understood`, `bad_config` (card and file disagree), `model_failed`.
 */
export async function openPictureModel<R extends Report>(
  options: PictureModelOptions<R>,
): Promise<PictureModel<R>> {
  const { card } = options;
  const network = await openNetwork(options.weightsPath, options.session);
  try {
    const inputs = checkInputs(card, network);
    const runner = createRunner(card, network, inputs);
    await tryOnGrey(card, runner);
    return toPictureModel(options, network, runner);
  } catch (error) {
    await network.release();
    throw error;
  }
}

/** Only sizes are looked at: what a model makes of grey is no measure of its numbers. */
async function tryOnGrey(card: ModelCard, runner: Runner): Promise<void> {
  const { width: pixelWidth, height: pixelHeight } = card.input;
  const pixels = new Uint8Array(pixelWidth * pixelHeight * 3).fill(128);
  const run = await runner.run([{ pixels, pixelWidth, pixelHeight }]);
  findBoxes(card, toReader(card, { minScore: 1, everyLabel: false }), run, 0);
  run.dispose();
}

function toPictureModel<R extends Report>(
  options: PictureModelOptions<R>,
  network: Network,
  runner: Runner,
): PictureModel<R> {
  const { card, thresholds } = options;
  const reader = toReader(card, {
    minScore: thresholds?.score ?? card.thresholds.score,
    everyLabel: options.report === 'labels' && (card.head === 'yolov5' || card.head === 'yolov8'),
  });
  const report = reporters[options.report];
  let maxBatch = runner.fixedBatch ?? maxOpenBatch;

  async function detect(pictures: readonly Picture[]): ReturnType<PictureModel<R>['detect']> {
    const run = await runner.run(pictures);
    try {
      const found = run.letterboxes.map(
        (letterbox, slot) => report(options, findBoxes(card, reader, run, slot)(), letterbox) as FoundBy[R][],
      );
      const { startedAt, filledAt, inferredAt } = run;
      const decodeMs = performance.now() - inferredAt;
      return {
        found,
        timing: { prepareMs: filledAt - startedAt, inferMs: inferredAt - filledAt, decodeMs },
      };
    } finally {
      run.dispose();
    }
  }

  /** A batch that the file only seems to allow: the pictures are seen one by one, now and from now on. */
  async function detectOneByOne(pictures: readonly Picture[]): ReturnType<PictureModel<R>['detect']> {
    const each: Awaited<ReturnType<typeof detect>>[] = [];
    for (const picture of pictures) each.push(await detect([picture]));
    maxBatch = 1;
    const add = (key: keyof JobTiming): number => each.reduce((sum, { timing }) => sum + timing[key], 0);
    return {
      found: each.flatMap(({ found }) => found),
      timing: { prepareMs: add('prepareMs'), inferMs: add('inferMs'), decodeMs: add('decodeMs') },
    };
  }

  return {
    get maxBatch() {
      return maxBatch;
    },
    async detect(pictures) {
      if (pictures.length === 0 || pictures.length > maxBatch)
        throw new XunjieError('bad_argument', `1 to ${maxBatch} pictures at once, not ${pictures.length}`);
      const isTrial = runner.fixedBatch === null && pictures.length > 1;
      return isTrial ? detect(pictures).catch(() => detectOneByOne(pictures)) : detect(pictures);
    },
    countSteps: () => network.countSteps(),
    release: () => network.release(),
  };
}

const reporters = {
  classes: ({ card }: PictureModelOptions<Report>, boxes: readonly RawBox[], letterbox: Letterbox) =>
    toDetections(card, boxes, letterbox),
  labels: (
    { card, thresholds = {} }: PictureModelOptions<Report>,
    boxes: readonly RawBox[],
    letterbox: Letterbox,
  ) =>
    toLabelDetections(card, boxes, letterbox, {
      ...(isEndToEnd(card.head) && { nmsIou: 1 }),
      ...thresholds,
    }),
} satisfies Record<Report, unknown>;
