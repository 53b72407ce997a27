import { XunjieError } from '../domain/errors.ts';
import type { Detection } from '../domain/mod.ts';
import { checkInputs } from './check-fit.ts';
import { isEndToEnd, sliceOutputs, toReader } from './decode-outputs.ts';
import type { LabelDetection, Report, ThresholdOverrides } from './label-detection.ts';
import type { Letterbox } from './letterbox.ts';
import type { ModelCard } from './model-card.ts';
import { type Network, openNetwork, type SessionSetup } from './network.ts';
import type { Picture } from './picture.ts';
import type { StepCounts } from './provider-share.ts';
import type { RawBox } from './raw-box.ts';
import { createRunner, findBoxes, type Run, type Runner } from './runner.ts';
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

interface Found<R extends Report> {
  readonly found: FoundBy[R][][];
  readonly timing: JobTiming;
}

interface Detected<R extends Report> extends Found<R> {
  /** Pictures for which every number of the outputs is zero, or a filler below. */
  readonly emptySlots: readonly number[];
}

/** An open model that takes pictures. It blocks its thread, so it lives in a worker. */
export interface PictureModel<R extends Report> {
  /**
   * Most pictures per call: what the file fixes (a shorter list is padded), else a bound of ours. It falls when a file
   * that leaves its batch open turns out to bear fewer.
   */
  readonly maxBatch: number;
  /**
   * Finds things in 1 to `maxBatch` pictures, answers in their order.
   * @throws XunjieError `model_failed` (NaN, no probabilities, the runtime's own failure).
   */
  detect(pictures: readonly Picture[]): Promise<Found<R>>;
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

function isEmptySlot(card: ModelCard, run: Run, slot: number): boolean {
  return sliceOutputs(card, run.outputs, slot, run.batch).every(({ data }) =>
    data.every((value) => value <= 0),
  );
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

  async function detect(pictures: readonly Picture[]): Promise<Detected<R>> {
    const run = await runner.run(pictures);
    try {
      const found = run.letterboxes.map(
        (letterbox, slot) => report(options, findBoxes(card, reader, run, slot)(), letterbox) as FoundBy[R][],
      );
      const { startedAt, filledAt, inferredAt } = run;
      const decodeMs = performance.now() - inferredAt;
      return {
        found,
        emptySlots: pictures.map((_, slot) => slot).filter((slot) => isEmptySlot(card, run, slot)),
        timing: { prepareMs: filledAt - startedAt, inferMs: inferredAt - filledAt, decodeMs },
      };
    } finally {
      run.dispose();
    }
  }

  /** A batch that the file only seems to allow: the pictures are seen one by one. */
  async function detectOneByOne(pictures: readonly Picture[]): Promise<Found<R>> {
    const each: Found<R>[] = [];
    for (const picture of pictures) each.push(await detect([picture]));
    const add = (key: keyof JobTiming): number => each.reduce((sum, { timing }) => sum + timing[key], 0);
    return {
      found: each.flatMap(({ found }) => found),
      timing: { prepareMs: add('prepareMs'), inferMs: add('inferMs'), decodeMs: add('decodeMs') },
    };
  }

  /** Slots below it have given something in a batch. */
  let provenSlots = 1;

  /** The first slot that gives nothing for a picture which alone gives something; `null` when none is known to. */
  async function findLostSlot(
    pictures: readonly Picture[],
    empty: readonly number[],
  ): Promise<number | null> {
    for (const slot of pictures.keys())
      if (!empty.includes(slot)) provenSlots = Math.max(provenSlots, slot + 1);
    for (const slot of empty) {
      if (slot < provenSlots) continue;
      const { emptySlots } = await detect([pictures[slot] as Picture]);
      if (emptySlots.length === 0) return slot;
    }
    return null;
  }

  /**
   * Files that leave their batch open do not always bear one: some fail, and those that Ultralytics exports with
   * suppression inside and an open batch see as many pictures as they were traced with and give zeros for the others.
   */
  async function detectOpenBatch(pictures: readonly Picture[]): Promise<Found<R>> {
    const together = await detect(pictures).catch(() => null);
    const lost = together === null ? 1 : await findLostSlot(pictures, together.emptySlots);
    if (together !== null && lost === null) return together;
    const answer = await detectOneByOne(pictures);
    maxBatch = lost ?? 1;
    return answer;
  }

  return {
    get maxBatch() {
      return maxBatch;
    },
    async detect(pictures) {
      if (pictures.length === 0 || pictures.length > maxBatch)
        throw new XunjieError('bad_argument', `1 to ${maxBatch} pictures at once, not ${pictures.length}`);
      const isTrial = runner.fixedBatch === null && pictures.length > 1;
      return isTrial ? detectOpenBatch(pictures) : detect(pictures);
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
