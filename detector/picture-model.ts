import { XunjieError } from '../domain/errors.ts';
import type { Detection } from '../domain/mod.ts';
import { checkInputs, checkOutputs, type PictureInput } from './check-fit.ts';
import { decodeOutputs, sliceOutputs } from './decode-outputs.ts';
import { createInputTensor, type InputTensor } from './input-tensor.ts';
import type { LabelDetection, Report, ThresholdOverrides } from './label-detection.ts';
import type { Letterbox } from './letterbox.ts';
import type { ModelCard } from './model-card.ts';
import { type Network, openNetwork, type SessionSetup } from './network.ts';
import type { Picture } from './picture.ts';
import type { StepCounts } from './provider-share.ts';
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
    const input = checkInputs(card, network);
    const model = toPictureModel(options, network, input);
    await tryOnGrey(card, network, input);
    return model;
  } catch (error) {
    await network.release();
    throw error;
  }
}

async function tryOnGrey(card: ModelCard, network: Network, input: PictureInput): Promise<void> {
  const { width: pixelWidth, height: pixelHeight } = card.input;
  const batch = input.batch ?? 1;
  const tensor = createInputTensor(card.input, input, batch);
  const pixels = new Uint8Array(pixelWidth * pixelHeight * 3).fill(128);
  tensor.write({ pixels, pixelWidth, pixelHeight }, 0);
  const result = await network.run({ [input.name]: tensor.take(batch) });
  checkOutputs(card, result.outputs, batch);
  result.dispose();
}

function toPictureModel<R extends Report>(
  options: PictureModelOptions<R>,
  network: Network,
  input: PictureInput,
): PictureModel<R> {
  const { card } = options;
  let maxBatch = input.batch ?? maxOpenBatch;
  // Slots are made as they are needed: a model in service often sees one picture at a time.
  let tensor = createInputTensor(card.input, input, input.batch ?? 1);
  let slots = input.batch ?? 1;

  function makeRoom(count: number): InputTensor {
    if (count > slots) {
      tensor = createInputTensor(card.input, input, count);
      slots = count;
    }
    return tensor;
  }

  async function detect(pictures: readonly Picture[]): ReturnType<PictureModel<R>['detect']> {
    const startedAt = performance.now();
    const room = makeRoom(pictures.length);
    const letterboxes = pictures.map((picture, slot) => room.write(picture, slot));
    const batch = input.batch ?? pictures.length;
    const filledAt = performance.now();
    const result = await network.run({ [input.name]: room.take(batch) });
    const inferredAt = performance.now();
    try {
      checkOutputs(card, result.outputs, batch);
      const found = letterboxes.map((letterbox, slot) =>
        report(options, decode(options, sliceOutputs(result.outputs, slot, batch)), letterbox),
      );
      const timing = {
        prepareMs: filledAt - startedAt,
        inferMs: inferredAt - filledAt,
        decodeMs: performance.now() - inferredAt,
      };
      return { found, timing };
    } finally {
      result.dispose();
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
      const isTrial = input.batch === null && pictures.length > 1;
      return isTrial ? detect(pictures).catch(() => detectOneByOne(pictures)) : detect(pictures);
    },
    countSteps: () => network.countSteps(),
    release: () => network.release(),
  };
}

function decode(
  { card, thresholds }: PictureModelOptions<Report>,
  outputs: Parameters<typeof decodeOutputs>[1],
): ReturnType<typeof decodeOutputs> {
  return decodeOutputs(card, outputs, thresholds?.score ?? card.thresholds.score);
}

const reporters = {
  classes: ({ card }: PictureModelOptions<Report>, boxes: ReturnType<typeof decode>, letterbox: Letterbox) =>
    toDetections(card, boxes, letterbox),
  labels: (
    { card, thresholds }: PictureModelOptions<Report>,
    boxes: ReturnType<typeof decode>,
    letterbox: Letterbox,
  ) => toLabelDetections(card, boxes, letterbox, thresholds ?? {}),
} satisfies Record<Report, unknown>;

function report<R extends Report>(
  options: PictureModelOptions<R>,
  boxes: ReturnType<typeof decode>,
  letterbox: Letterbox,
): FoundBy[R][] {
  return reporters[options.report](options, boxes, letterbox) as FoundBy[R][];
}
