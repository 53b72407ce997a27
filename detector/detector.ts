import type { Worker } from 'node:worker_threads';
import { type Detection, type ModelRef, XunjieError } from '../domain/mod.ts';
import { type Job, Lane } from './lane.ts';
import type { Model } from './load-model.ts';
import type { Picture } from './picture.ts';
import { startWorker } from './start-worker.ts';
import type { WorkerSetup } from './worker-messages.ts';

/** What the detector needs of a logger. */
export interface DetectorLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Counts and total times since the detector was opened. */
export interface DetectorStats {
  /** Workers still in service. */
  readonly workers: number;
  readonly running: number;
  readonly waiting: number;
  readonly done: number;
  readonly failed: number;
  /** Pictures given up because newer ones came faster than they could be looked at. */
  readonly dropped: number;
  /** Workers that died and were replaced. */
  readonly restarts: number;
  /** Totals over `done`, milliseconds. */
  readonly prepareMs: number;
  readonly inferMs: number;
  readonly decodeMs: number;
}

export interface Detector {
  readonly model: ModelRef;
  /** Size to fit pictures into (proportions kept) so that no resizing is left to do here. */
  readonly maxPixelWidth: number;
  readonly maxPixelHeight: number;
  /**
   * Finds things in a picture; boxes are 0-1 of that picture, best score first. Do not change `pixels` before the
   * promise settles. When too many pictures wait, the one waiting longest is rejected with `detector_busy`.
   * @throws XunjieError `model_failed` (dead worker, NaN), `detector_busy`, `bad_argument`.
   */
  detect(picture: Picture): Promise<Detection[]>;
  stats(): DetectorStats;
  /** Rejects what waits, lets what runs finish, ends the workers. */
  close(): Promise<void>;
}

export interface DetectorOptions {
  readonly model: Model;
  /** Worker threads, each with its own session on one core. */
  readonly workers: number;
  readonly logger: DetectorLogger;
  /** Pictures that may wait per worker; default 8. */
  readonly maxWaitingPerWorker?: number;
}

/** Limits and the worker's start; replaced only by tests of dying workers. */
interface DetectorEngine {
  readonly startWorker: (setup: WorkerSetup) => Worker;
  readonly jobTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly maxDeaths: number;
}

export const workerEngine: DetectorEngine = {
  startWorker: (setup) => startWorker('detect-worker', setup),
  jobTimeoutMs: 60_000,
  startTimeoutMs: 120_000,
  maxDeaths: 3,
};

const defaultMaxWaitingPerWorker = 8;
const maxWorkers = 256;

/**
 * Opens a model in worker threads and waits until every one is ready.
 * @throws XunjieError `model_not_understood`, `bad_config` (card and file disagree), `model_failed`, `bad_argument`.
 */
export async function openDetector(options: DetectorOptions): Promise<Detector> {
  return openDetectorOn(workerEngine, options);
}

export async function openDetectorOn(
  engineUsed: DetectorEngine,
  options: DetectorOptions,
): Promise<Detector> {
  const { model, workers, logger } = options;
  if (!Number.isInteger(workers) || workers < 1 || workers > maxWorkers)
    throw new XunjieError(
      'bad_argument',
      `workers must be a whole number from 1 to ${maxWorkers}, not ${workers}`,
    );
  const maxWaiting = workers * (options.maxWaitingPerWorker ?? defaultMaxWaitingPerWorker);
  const waiting: Job[] = [];
  const totals = { done: 0, failed: 0, dropped: 0, restarts: 0, prepareMs: 0, inferMs: 0, decodeMs: 0 };
  let inService = workers;
  let isOpen = false;
  let isClosed = false;

  function pump(): void {
    while (waiting.length > 0) {
      // The least busy lane first: a picture must not queue behind another while a worker idles.
      const [lane] = lanes
        .filter((each) => each.canTake())
        .toSorted((a, b) => a.runningCount - b.runningCount);
      if (lane === undefined) return;
      const job = waiting.shift();
      if (job !== undefined) lane.take(job);
    }
  }

  function rejectWaiting(message: string): void {
    for (const job of waiting.splice(0)) job.reject(new XunjieError('model_failed', message));
  }

  const setup: WorkerSetup = { card: model.card, weightsPath: model.weightsPath, report: 'classes' };
  const lanes = Array.from(
    { length: workers },
    () =>
      new Lane({
        ...engineUsed,
        startWorker: () => engineUsed.startWorker(setup),
        modelName: model.card.name,
        onFree: pump,
        onDone: (timing) => {
          totals.done++;
          totals.prepareMs += timing.prepareMs;
          totals.inferMs += timing.inferMs;
          totals.decodeMs += timing.decodeMs;
        },
        onFailed: () => totals.failed++,
        onDeath: ({ cause, unstarted, givenUp }) => {
          waiting.unshift(...unstarted);
          if (givenUp) inService--;
          else totals.restarts++;
          const fields = { model: model.card.name, cause, inService };
          if (!isOpen) return; // the caller gets the reason as the error of opening
          if (givenUp) logger.error(fields, 'detector worker died and is not replaced');
          else logger.warn(fields, 'detector worker died and is replaced');
          if (inService === 0 || isClosed)
            rejectWaiting(`model ${model.card.name}: no worker thread is left; the last died of: ${cause}`);
          else pump();
        },
      }),
  );

  const detector: Detector = {
    model: model.ref,
    maxPixelWidth: model.card.input.width,
    maxPixelHeight: model.card.input.height,
    async detect(picture) {
      refuseOddPicture(picture);
      if (isClosed) throw new XunjieError('model_failed', `model ${model.card.name}: the detector is closed`);
      if (inService === 0)
        throw new XunjieError(
          'model_failed',
          `model ${model.card.name}: no worker thread is left; restart the program`,
        );
      return new Promise((resolve, reject) => {
        waiting.push({ picture, resolve, reject });
        pump();
        if (waiting.length <= maxWaiting) return;
        totals.dropped++;
        waiting
          .shift()
          ?.reject(
            new XunjieError('detector_busy', `more than ${maxWaiting} pictures wait; the oldest was dropped`),
          );
      });
    },
    stats: () => ({
      workers: inService,
      running: lanes.reduce((sum, lane) => sum + lane.runningCount, 0),
      waiting: waiting.length,
      ...totals,
    }),
    async close() {
      isClosed = true;
      rejectWaiting(`model ${model.card.name}: the detector was closed before its turn came`);
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };

  const failure = (await Promise.allSettled(lanes.map((lane) => lane.opened))).find(
    (lane) => lane.status === 'rejected',
  );
  if (failure !== undefined) {
    await detector.close();
    throw failure.reason;
  }
  isOpen = true;
  logger.info({ model: model.card.name, sha256: model.card.sha256, workers }, 'detector ready');
  return detector;
}

function refuseOddPicture({ pixels, pixelWidth, pixelHeight }: Picture): void {
  const isSized =
    Number.isInteger(pixelWidth) && Number.isInteger(pixelHeight) && pixelWidth > 0 && pixelHeight > 0;
  if (!isSized || pixels.length !== pixelWidth * pixelHeight * 3)
    throw new XunjieError(
      'bad_argument',
      `a picture of ${pixelWidth}x${pixelHeight} in RGB24 needs ${pixelWidth * pixelHeight * 3} bytes, not ${pixels.length}`,
    );
}
