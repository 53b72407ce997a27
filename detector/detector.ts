import type { Worker } from 'node:worker_threads';
import { type Detection, type ModelRef, XunjieError } from '../domain/mod.ts';
import { CameraCounter, LoadCounter } from './camera-load.ts';
import { CameraQueue, type GivenUpReason, type LineKey, type Taken } from './camera-queue.ts';
import { maxCrops } from './crops/plan-crops.ts';
import {
  type DetectorOptions,
  defaultBatchWindowMs,
  defaultGpuBatch,
  defaultMaxWaiting,
  defaultMaxWaitingBytes,
  refuseOddOptions,
  refuseOddPicture,
  toDefaultWorkers,
} from './detector-options.ts';
import type { DetectorStats } from './detector-stats.ts';
import { Lane, type LaneLimits } from './lane.ts';
import type { Picture } from './picture.ts';
import { describeSkipped, type Provider } from './provider.ts';
import { startWorker } from './start-worker.ts';
import type { Answer, ReadyWorker, WorkerSetup } from './worker-messages.ts';

/** Whose a picture is and what is wanted of its answer. */
export interface DetectRequest {
  /** Absent: nobody's, and answered in its turn among the cameras. */
  readonly camera?: string;
  /** A crop of the camera's picture, 1 or more: it waits apart from the whole picture and is not among the camera's counts. */
  readonly part?: number;
  /** `true`: not given up for a newer one or for want of room. Whoever says so waits for each answer before the next picture. */
  readonly isKept?: boolean;
  /** Longest gap between answers that the camera's rules allow, milliseconds; for the alarm in `stats()`. */
  readonly floorGapMs?: number;
}

export interface Detector {
  readonly model: ModelRef;
  /** Size to fit pictures into (proportions kept) so that no resizing is left to do here. */
  readonly maxPixelWidth: number;
  readonly maxPixelHeight: number;
  /**
   * Finds things in a picture; boxes are 0-1 of that picture, best score first. Do not change `pixels` before the promise settles. Of
   * each camera one picture waits, the newest; cameras have turns evenly. A camera's pictures are answered in order.
   * @throws XunjieError `superseded` (a newer picture of the camera came before its turn), `detector_busy` (too much waits),
   * `model_failed` (dead worker, NaN), `bad_argument`.
   */
  detect(picture: Picture, request?: DetectRequest): Promise<Detection[]>;
  stats(): DetectorStats;
  /** Drops a camera's counts and place; what of it waits is rejected as `superseded`. */
  forget(camera: string): void;
  /** Rejects what waits, lets what runs finish, ends the workers. */
  close(): Promise<void>;
}

/** Limits and the worker's start; replaced only by tests of dying workers. */
interface DetectorEngine extends LaneLimits {
  readonly startWorker: (setup: WorkerSetup) => Worker;
}

export const workerEngine: DetectorEngine = {
  startWorker: (setup) => startWorker('detect-worker', setup),
  jobTimeoutMs: 60_000,
  startTimeoutMs: 120_000,
  endTimeoutMs: 5000,
  maxDeaths: 3,
  restMs: 60_000,
};

/** TensorRT builds its engine when a model is opened, which takes minutes. */
const slowStartTimeoutMs = 20 * 60_000;
/** Cameras whose counts are kept. */
const maxCameras = 4096;

/**
 * Opens a model in worker threads and waits until every one is ready.
 * @throws XunjieError `model_not_understood`, `bad_config` (card and file disagree), `model_failed`, `engine_missing` (none of the
 * providers runs it), `bad_argument`.
 */
export async function openDetector(options: DetectorOptions): Promise<Detector> {
  return openDetectorOn(workerEngine, options);
}

interface Job {
  readonly picture: Picture;
  readonly key: LineKey;
  readonly counter: CameraCounter | null;
  readonly offeredAtMs: number;
  /** Since when it or one that it replaced could have shared a run. */
  readonly openSinceMs: number;
  takenAtMs: number;
  entry: Taken<Job> | null;
  readonly resolve: (detections: Detection[]) => void;
  readonly reject: (error: XunjieError) => void;
}

export async function openDetectorOn(
  engineUsed: DetectorEngine,
  options: DetectorOptions,
): Promise<Detector> {
  refuseOddOptions(options);
  const { model, logger, threads = 1, batchWindowMs = defaultBatchWindowMs } = options;
  const name = model.card.name;
  let providers = options.providers ?? ['cpu'];
  const queue = new CameraQueue<Job>({
    maxWaiting: options.maxWaiting ?? defaultMaxWaiting,
    maxWaitingBytes: options.maxWaitingBytes ?? defaultMaxWaitingBytes,
  });
  const cameras = new Map<string, CameraCounter>();
  const all = new LoadCounter(512);
  const totals = { batches: 0, restarts: 0, prepareMs: 0, inferMs: 0, decodeMs: 0 };
  let workers = options.workers ?? 1;
  let fallback: string | null = null;
  let lastCause = '';
  let windowTimer: NodeJS.Timeout | null = null;
  let isOpen = false;
  let isClosed = false;
  const lanes: Lane<Job>[] = [];
  const usedProviders = new Map<Lane<Job>, Provider>();

  function pump(): void {
    if (windowTimer !== null) clearTimeout(windowTimer);
    windowTimer = null;
    while (queue.size > 0) {
      // The least busy lane first: a picture must not queue behind another while a worker idles.
      const [lane] = lanes.filter((each) => each.canTake()).toSorted((a, b) => a.jobCount - b.jobCount);
      if (lane === undefined) return;
      if (lane.batch > 1 && !isBatchDue(lane)) return;
      const jobs = takeJobs(lane.batch);
      if (jobs.length === 0) return;
      lane.take(jobs);
    }
  }

  /** Whether to run what is there rather than wait for more to share the run; sets the timer when it is to wait. */
  function isBatchDue(lane: Lane<Job>): boolean {
    const ready = queue.listReady();
    if (ready.length === 0) return false;
    if (ready.length >= lane.batch) return true;
    if (lane.jobCount > 0) return false; // it has work: what comes meanwhile shares the next run
    const openSinceMs = Math.min(...ready.map((job) => job.openSinceMs));
    const leftMs = Math.floor(openSinceMs + batchWindowMs - performance.now());
    if (leftMs <= 0) return true;
    windowTimer = setTimeout(pump, leftMs);
    return false;
  }

  function takeJobs(limit: number): Job[] {
    const jobs: Job[] = [];
    while (jobs.length < limit) {
      const taken = queue.take();
      if (taken === null) break;
      taken.item.entry = taken;
      taken.item.takenAtMs = performance.now();
      jobs.push(taken.item);
    }
    return jobs;
  }

  function settle(job: Job, answer: Answer): void {
    const nowMs = performance.now();
    queue.finish(job.key);
    if ('code' in answer) {
      for (const counter of [all, job.counter]) counter?.count('failed');
      job.reject(new XunjieError(answer.code, `model ${name}: ${answer.message}`));
      return;
    }
    all.count('done');
    job.counter?.noteDone(nowMs);
    for (const counter of [all, job.counter])
      counter?.noteTimes(job.takenAtMs - job.offeredAtMs, nowMs - job.offeredAtMs);
    job.resolve(answer.detections as Detection[]);
  }

  function giveUp(job: Job, reason: GivenUpReason): void {
    for (const counter of [all, job.counter])
      counter?.count(reason === 'superseded' ? 'superseded' : 'overLimit');
    job.reject(
      reason === 'superseded'
        ? new XunjieError('superseded', 'a newer picture of the camera came before its turn')
        : new XunjieError('detector_busy', 'too many pictures wait for the detector; this one was dropped'),
    );
  }

  function rejectWaiting(message: string): void {
    for (const job of queue.drain()) {
      for (const counter of [all, job.counter]) counter?.count('failed');
      job.reject(new XunjieError('model_failed', message));
    }
  }

  function startLane(): Lane<Job> {
    const setup = { card: model.card, weightsPath: model.weightsPath, report: 'classes' as const, threads };
    const lane = new Lane<Job>({
      ...engineUsed,
      startTimeoutMs: providers.includes('tensorrt') ? slowStartTimeoutMs : engineUsed.startTimeoutMs,
      startWorker: () => engineUsed.startWorker({ ...setup, providers }),
      modelName: name,
      toBatch: ({ provider }) => options.batch ?? (provider === 'cpu' ? 1 : defaultGpuBatch),
      onReady: (ready) => noteProvider(lane, ready),
      onFree: pump,
      onDone(jobs, answers, timing) {
        totals.batches++;
        for (const key of ['prepareMs', 'inferMs', 'decodeMs'] as const) totals[key] += timing[key];
        for (const [i, job] of jobs.entries())
          settle(job, answers[i] ?? { code: 'model_failed', message: 'its worker gave no answer' });
      },
      onDeath({ cause, lost, unstarted, isReplaced }) {
        lastCause = cause;
        for (const job of lost)
          settle(job, { code: 'model_failed', message: `its worker thread died: ${cause}` });
        for (const job of unstarted.toReversed()) {
          const givenUp = job.entry === null ? null : queue.putBack(job.entry);
          if (givenUp !== null) giveUp(givenUp, 'superseded');
        }
        if (isReplaced) totals.restarts++;
        if (!isOpen) return; // the caller gets the reason as the error of opening
        const inService = countInService();
        const fields = { model: name, cause, workers: inService };
        if (isReplaced) logger.warn(fields, 'detector worker died and is replaced');
        else if (!isClosed) logger.error(fields, 'detector worker died again and again and rests');
        if (inService === 0 || isClosed) rejectWaiting(describeDeath());
        else pump();
      },
    });
    lanes.push(lane);
    return lane;
  }

  const countInService = (): number => lanes.filter((lane) => lane.isInService).length;
  const describeDeath = (): string =>
    `model ${name}: no worker thread is left; the last died of: ${lastCause}; another is tried soon`;

  function noteProvider(lane: Lane<Job>, { provider, skipped, steps }: ReadyWorker): void {
    const before = usedProviders.get(lane);
    usedProviders.set(lane, provider);
    if (skipped.length > 0) fallback = describeSkipped(skipped);
    if (before !== undefined) logger.info({ model: name, provider }, 'detector worker is ready again');
    if (lane !== lanes[0] && before === undefined) return; // as the first one found
    if (skipped.length > 0)
      logger.warn({ model: name, provider }, `model ${name} runs on ${provider}: ${fallback}`);
    else if (before === undefined && steps !== null)
      logger.info({ model: name, provider, ...steps }, `model ${name} runs on ${provider}`);
  }

  function readProvider(): Provider | 'mixed' {
    const used = new Set(lanes.filter((lane) => lane.isInService).map((lane) => usedProviders.get(lane)));
    const [first] = used;
    return used.size > 1 ? 'mixed' : (first ?? providers[0] ?? 'cpu');
  }

  function findCounter(camera: string): CameraCounter {
    const known = cameras.get(camera);
    if (known !== undefined) return known;
    const [oldest] = cameras.keys();
    if (cameras.size >= maxCameras && oldest !== undefined) cameras.delete(oldest);
    const counter = new CameraCounter(camera);
    cameras.set(camera, counter);
    return counter;
  }

  const detector: Detector = {
    model: model.ref,
    maxPixelWidth: model.card.input.width,
    maxPixelHeight: model.card.input.height,
    async detect(picture, { camera, part, isKept, floorGapMs } = {}) {
      refuseOddPicture(picture);
      if (isClosed) throw new XunjieError('model_failed', `model ${name}: the detector is closed`);
      const nowMs = performance.now();
      const counter = camera === undefined || part !== undefined ? null : findCounter(camera);
      all.count('offered');
      counter?.noteOffer(nowMs, floorGapMs ?? null);
      if (countInService() === 0) {
        for (const each of [all, counter]) each?.count('failed');
        throw new XunjieError('model_failed', describeDeath());
      }
      return new Promise((resolve, reject) => {
        const key = camera === undefined ? Symbol('picture') : toLineKey(camera, part);
        const openSinceMs = queue.peek(key)?.openSinceMs ?? nowMs;
        const times = { offeredAtMs: nowMs, openSinceMs, takenAtMs: nowMs };
        const item: Job = { picture, key, counter, ...times, entry: null, resolve, reject };
        const entry = { item, bytes: picture.pixels.byteLength, isKept: isKept ?? false };
        for (const { item: job, reason } of queue.offer(key, entry)) giveUp(job, reason);
        pump();
      });
    },
    stats() {
      const nowMs = performance.now();
      const counts = all.read();
      return {
        provider: readProvider(),
        fallback,
        workers: countInService(),
        workersWanted: workers,
        running: lanes.reduce((sum, lane) => sum + lane.pictureCount, 0),
        waiting: queue.size,
        waitingBytes: queue.bytes,
        slotBytes: lanes.reduce((sum, lane) => sum + lane.slotBytes, 0),
        dropped: counts.superseded + counts.overLimit,
        ...totals,
        ...counts,
        cameras: [...cameras.values()].map((camera) => camera.readLoad(nowMs)),
      };
    },
    forget(camera) {
      for (let part = 0; part <= maxCrops; part++)
        for (const job of queue.forget(toLineKey(camera, part))) giveUp(job, 'superseded');
      cameras.delete(camera);
    },
    async close() {
      isClosed = true;
      rejectWaiting(`model ${name}: the detector was closed before its turn came`);
      if (windowTimer !== null) clearTimeout(windowTimer);
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };

  try {
    // The first worker finds out which provider it is to be; the others need not try again what failed.
    if (providers[0] !== 'cpu') {
      const { provider } = await startLane().opened;
      providers = providers.slice(providers.indexOf(provider));
    }
    workers = options.workers ?? toDefaultWorkers(providers[0] ?? 'cpu');
    while (lanes.length < workers) startLane();
    await Promise.all(lanes.map((lane) => lane.opened));
  } catch (error) {
    await detector.close();
    throw error;
  }
  isOpen = true;
  logger.info(
    { model: name, sha256: model.card.sha256, workers, provider: readProvider() },
    'detector ready',
  );
  return detector;
}

/** Names of cameras hold no such sign. */
function toLineKey(camera: string, part = 0): string {
  return part === 0 ? camera : `${camera}#${part}`;
}
