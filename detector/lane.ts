import type { Worker } from 'node:worker_threads';
import { type Detection, toMessage, XunjieError } from '../domain/mod.ts';
import type { Picture } from './picture.ts';
import type { FromWorker, JobTiming, ToWorker } from './worker-messages.ts';

/** A picture on its way, and who waits for it. */
export interface Job {
  readonly picture: Picture;
  readonly resolve: (detections: Detection[]) => void;
  readonly reject: (error: XunjieError) => void;
}

interface Slot {
  pixels: SharedArrayBuffer;
}

interface RunningJob {
  readonly id: number;
  readonly job: Job;
  readonly slot: Slot;
}

interface LaneOptions {
  readonly startWorker: () => Worker;
  readonly modelName: string;
  /** Longest wait for the answer to one job, and for a worker to get ready. */
  readonly jobTimeoutMs: number;
  readonly startTimeoutMs: number;
  /** Workers that may die one after another, without one finished job between, before the lane is given up. */
  readonly maxDeaths: number;
  /** The lane can take a job. */
  readonly onFree: () => void;
  readonly onDone: (timing: JobTiming) => void;
  readonly onFailed: () => void;
  /** A worker died. `unstarted` jobs had not begun; `givenUp` says that no other worker follows. */
  readonly onDeath: (death: { cause: string; unstarted: Job[]; givenUp: boolean }) => void;
}

/** Jobs handed to a worker at once: one runs while the next one's pixels already wait. */
const slotsPerLane = 2;

/** One worker thread after another, each with its own session, fed through shared slots in order. */
export class Lane {
  /** Settles once: ready, or refused with the reason. */
  readonly opened: Promise<void>;
  readonly #options: LaneOptions;
  readonly #freeSlots: Slot[] = Array.from({ length: slotsPerLane }, () => ({
    pixels: new SharedArrayBuffer(0),
  }));
  #running: RunningJob[] = [];
  #worker: Worker | null = null;
  #isReady = false;
  #wasReady = false;
  #deaths = 0;
  #nextJobId = 0;
  #closing = false;
  #timer: NodeJS.Timeout | null = null;
  #cause = '';
  #ended: Promise<void> = Promise.resolve();
  #openedWith!: { resolve: () => void; reject: (error: XunjieError) => void };

  constructor(options: LaneOptions) {
    this.#options = options;
    this.opened = new Promise((resolve, reject) => {
      this.#openedWith = { resolve, reject };
    });
    this.#start();
  }

  get runningCount(): number {
    return this.#running.length;
  }

  canTake(): boolean {
    return this.#isReady && !this.#closing && this.#freeSlots.length > 0;
  }

  /** Copies the picture into a free slot and hands it to the worker. Only when `canTake()`. */
  take(job: Job): void {
    const slot = this.#freeSlots.pop();
    if (slot === undefined || this.#worker === null) throw new Error('the lane cannot take a job now');
    const { pixels, pixelWidth, pixelHeight } = job.picture;
    if (slot.pixels.byteLength < pixels.length) slot.pixels = new SharedArrayBuffer(pixels.length);
    new Uint8Array(slot.pixels).set(pixels);
    const id = this.#nextJobId++;
    this.#running.push({ id, job, slot });
    this.#say({ type: 'detect', job: id, pixels: slot.pixels, pixelWidth, pixelHeight });
    if (this.#running.length === 1) this.#watch(this.#options.jobTimeoutMs);
  }

  /** Lets the jobs already taken finish, then ends the worker. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#worker !== null) {
      if (this.#isReady) this.#say({ type: 'close' });
      else await this.#worker.terminate();
      this.#watch(this.#options.jobTimeoutMs);
    }
    await this.#ended;
  }

  #start(): void {
    const worker = this.#options.startWorker();
    this.#worker = worker;
    this.#cause = '';
    this.#watch(this.#options.startTimeoutMs);
    worker.on('message', (message: FromWorker) => this.#hear(message));
    worker.on('error', (error) => {
      this.#cause ||= toMessage(error);
    });
    this.#ended = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.#bury(this.#cause || `exit code ${code}`);
        resolve();
      });
    });
  }

  #say(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
    this.#worker?.postMessage(message);
  }

  #hear(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        this.#wasReady = true;
        this.#watch(null);
        this.#openedWith.resolve();
        this.#options.onFree();
        break;
      case 'refused':
        this.#cause = message.message;
        this.#openedWith.reject(new XunjieError(message.code, message.message));
        break;
      case 'done': {
        const job = this.#finish(message.job);
        this.#deaths = 0;
        this.#options.onDone(message.timing);
        job?.resolve(message.detections as Detection[]);
        this.#options.onFree();
        break;
      }
      case 'failed': {
        const job = this.#finish(message.job);
        this.#options.onFailed();
        job?.reject(new XunjieError(message.code, `model ${this.#options.modelName}: ${message.message}`));
        this.#options.onFree();
        break;
      }
    }
  }

  #finish(id: number): Job | undefined {
    const index = this.#running.findIndex((entry) => entry.id === id);
    const [entry] = index === -1 ? [] : this.#running.splice(index, 1);
    if (entry !== undefined) this.#freeSlots.push(entry.slot);
    this.#watch(this.#running.length > 0 || this.#closing ? this.#options.jobTimeoutMs : null);
    return entry?.job;
  }

  #bury(cause: string): void {
    this.#watch(null);
    this.#worker = null;
    this.#isReady = false;
    const [first, ...rest] = this.#running;
    for (const entry of this.#running) this.#freeSlots.push(entry.slot);
    this.#running = [];
    if (first !== undefined) {
      this.#options.onFailed();
      first.job.reject(
        new XunjieError('model_failed', `model ${this.#options.modelName}: its worker thread died: ${cause}`),
      );
    }
    this.#openedWith.reject(new XunjieError('model_failed', `model ${this.#options.modelName}: ${cause}`));
    if (this.#closing && first === undefined) return;
    this.#deaths++;
    // A worker that never got ready would not the second time either.
    const givenUp = this.#closing || !this.#wasReady || this.#deaths > this.#options.maxDeaths;
    this.#options.onDeath({ cause, unstarted: rest.map((entry) => entry.job), givenUp });
    if (!givenUp) this.#start();
  }

  /** Ends a worker that stays silent for this long; `null` calls the watch off. */
  #watch(timeoutMs: number | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer =
      timeoutMs === null
        ? null
        : setTimeout(() => {
            this.#cause = `no answer within ${timeoutMs / 1000} s`;
            void this.#worker?.terminate();
          }, timeoutMs);
  }
}
