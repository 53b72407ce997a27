import type { Worker } from 'node:worker_threads';
import { toMessage, XunjieError } from '../domain/mod.ts';
import type { Picture } from './picture.ts';
import type { Answer, FromWorker, JobTiming, ReadyWorker, SlotPicture, ToWorker } from './worker-messages.ts';

/** A picture on its way to a worker. */
export interface LaneItem {
  readonly picture: Picture;
}

interface RunningJob<T> {
  readonly id: number;
  readonly items: readonly T[];
  readonly slots: readonly Slot[];
}

interface Slot {
  readonly number: number;
  pixels: SharedArrayBuffer;
}

export interface LaneLimits {
  /** Longest wait for the answer to one job, and for a worker to get ready. */
  readonly jobTimeoutMs: number;
  readonly startTimeoutMs: number;
  /** Longest wait for an ended worker to be gone: one stuck in native code is left behind after it. */
  readonly endTimeoutMs: number;
  /** Workers that may die one after another, without one finished job between, before the lane rests. */
  readonly maxDeaths: number;
  /** How long it rests before another worker is tried. */
  readonly restMs: number;
}

interface LaneOptions<T> extends LaneLimits {
  readonly startWorker: () => Worker;
  readonly modelName: string;
  /** Most pictures per job that are wanted of this provider; the worker's own limit holds as well. */
  readonly toBatch: (ready: ReadyWorker) => number;
  readonly onReady: (ready: ReadyWorker) => void;
  /** The lane can take a job. */
  readonly onFree: () => void;
  readonly onDone: (items: readonly T[], answers: readonly Answer[], timing: JobTiming) => void;
  /** A worker died. `lost` it had begun, `unstarted` not; `isReplaced` says that another one is starting. */
  readonly onDeath: (death: {
    cause: string;
    lost: readonly T[];
    unstarted: readonly T[];
    isReplaced: boolean;
  }) => void;
}

/** Jobs handed to a worker at once: one runs while the next one's pixels already wait. */
const jobsPerLane = 2;

/** One worker thread after another, each with its own session, fed through shared slots in order. */
export class Lane<T extends LaneItem> {
  /** Settles once: ready, or refused with the reason. */
  readonly opened: Promise<ReadyWorker>;
  readonly #options: LaneOptions<T>;
  #freeSlots: Slot[] = [];
  #slotCount = 0;
  #running: RunningJob<T>[] = [];
  #worker: Worker | null = null;
  #ready: ReadyWorker | null = null;
  #wasReady = false;
  #batch = 1;
  #deaths = 0;
  #nextJobId = 0;
  #closing = false;
  #timer: NodeJS.Timeout | null = null;
  #cause = '';
  #ended: Promise<void> = Promise.resolve();
  #bury: (cause: string) => void = () => {};
  #openedWith!: { resolve: (ready: ReadyWorker) => void; reject: (error: XunjieError) => void };

  constructor(options: LaneOptions<T>) {
    this.#options = options;
    this.opened = new Promise((resolve, reject) => {
      this.#openedWith = { resolve, reject };
    });
    this.opened.catch(() => {}); // whoever opens lanes looks at them in turn
    this.#start();
  }

  /** Jobs that the worker has. */
  get jobCount(): number {
    return this.#running.length;
  }

  get pictureCount(): number {
    return this.#running.reduce((sum, { items }) => sum + items.length, 0);
  }

  /** Most pictures in one job. */
  get batch(): number {
    return this.#batch;
  }

  /** Bytes of the slots. */
  get slotBytes(): number {
    const free = this.#freeSlots.reduce((sum, slot) => sum + slot.pixels.byteLength, 0);
    return this.#running.reduce(
      (sum, { slots }) => sum + slots.reduce((bytes, slot) => bytes + slot.pixels.byteLength, 0),
      free,
    );
  }

  /** A worker is there or on its way, not resting and not given up. */
  get isInService(): boolean {
    return this.#worker !== null;
  }

  canTake(): boolean {
    return this.#ready !== null && !this.#closing && this.#running.length < jobsPerLane;
  }

  /** Copies 1 to `batch` pictures into free slots and hands them to the worker. Only when `canTake()`. */
  take(items: readonly T[]): void {
    if (!this.canTake() || items.length > this.#batch) throw new Error('the lane cannot take this now');
    const slots: Slot[] = [];
    const pictures = items.map(({ picture }): SlotPicture => {
      const slot = this.#fill(picture.pixels);
      slots.push(slot);
      return { slot: slot.number, pixelWidth: picture.pixelWidth, pixelHeight: picture.pixelHeight };
    });
    const id = this.#nextJobId++;
    this.#running.push({ id, items, slots });
    this.#say({ type: 'detect', job: id, pictures });
    if (this.#running.length === 1) this.#watch(this.#options.jobTimeoutMs);
  }

  /** Lets the jobs already taken finish, then ends the worker. Never rejects, and ends whatever the worker does. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#worker === null) this.#watch(null);
    else {
      if (this.#ready !== null) {
        this.#say({ type: 'close' });
        this.#watch(this.#options.jobTimeoutMs);
      } else this.#end();
    }
    await this.#ended;
  }

  #fill(pixels: Uint8Array): Slot {
    const slot = this.#freeSlots.pop() ?? { number: this.#slotCount++, pixels: new SharedArrayBuffer(0) };
    if (slot.pixels.byteLength < pixels.length) {
      slot.pixels = new SharedArrayBuffer(pixels.length);
      this.#say({ type: 'slot', slot: slot.number, pixels: slot.pixels });
    }
    new Uint8Array(slot.pixels).set(pixels);
    return slot;
  }

  #start(): void {
    const worker = this.#options.startWorker();
    this.#worker = worker;
    this.#cause = '';
    // A worker before, left behind in native code, may still write where it was told to: memory is never passed on.
    this.#freeSlots = [];
    this.#slotCount = 0;
    this.#watch(this.#options.startTimeoutMs);
    worker.on('message', (message: FromWorker) => {
      if (this.#worker === worker) this.#hear(message);
    });
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#cause ||= toMessage(error);
    });
    this.#ended = new Promise((resolve) => {
      this.#bury = (cause) => {
        if (this.#worker !== worker) return;
        this.#lay(cause);
        resolve();
      };
      worker.once('exit', (code) => this.#bury(this.#cause || `exit code ${code}`));
    });
  }

  #say(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
    this.#worker?.postMessage(message);
  }

  #hear(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.#ready = message;
        this.#wasReady = true;
        this.#setBatch(message);
        this.#watch(null);
        this.#options.onReady(message);
        this.#openedWith.resolve(message);
        this.#options.onFree();
        break;
      case 'refused':
        this.#cause = message.message;
        this.#openedWith.reject(new XunjieError(message.code, message.message));
        break;
      case 'done': {
        const { job: id, answers, timing, maxBatch } = message;
        const job = this.#finish(id);
        this.#deaths = 0;
        if (this.#ready !== null && maxBatch < this.#batch) this.#setBatch({ ...this.#ready, maxBatch });
        if (job !== undefined) this.#options.onDone(job.items, answers, timing);
        this.#options.onFree();
        break;
      }
    }
  }

  #setBatch(ready: ReadyWorker): void {
    this.#batch = Math.max(1, Math.min(ready.maxBatch, this.#options.toBatch(ready)));
  }

  #finish(id: number): RunningJob<T> | undefined {
    const index = this.#running.findIndex((job) => job.id === id);
    const [job] = index === -1 ? [] : this.#running.splice(index, 1);
    if (job !== undefined) this.#freeSlots.push(...job.slots);
    this.#watch(this.#running.length > 0 || this.#closing ? this.#options.jobTimeoutMs : null);
    return job;
  }

  /** The worker is gone. */
  #lay(cause: string): void {
    this.#watch(null);
    this.#worker = null;
    this.#ready = null;
    const [first, ...rest] = this.#running;
    this.#running = [];
    this.#openedWith.reject(new XunjieError('model_failed', `model ${this.#options.modelName}: ${cause}`));
    if (this.#closing && first === undefined) return;
    this.#deaths++;
    // A worker that never got ready would not the second time either.
    const isHopeless = this.#closing || !this.#wasReady;
    const isReplaced = !isHopeless && this.#deaths <= this.#options.maxDeaths;
    if (isReplaced) this.#start();
    else if (!isHopeless) this.#rest();
    this.#options.onDeath({
      cause,
      lost: first?.items ?? [],
      unstarted: rest.flatMap(({ items }) => items),
      isReplaced,
    });
  }

  /** What killed one worker after another may pass: memory that was short, a GPU that was reset. */
  #rest(): void {
    this.#timer = setTimeout(() => this.#start(), this.#options.restMs);
    this.#timer.unref();
  }

  #end(): void {
    const worker = this.#worker;
    if (worker === null) return;
    void worker.terminate();
    this.#watch(null);
    this.#timer = setTimeout(() => {
      worker.unref();
      this.#bury(`${this.#cause}; it does not end and is left behind`);
    }, this.#options.endTimeoutMs);
  }

  /** Ends a worker that stays silent for this long; `null` calls the watch off. */
  #watch(timeoutMs: number | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer =
      timeoutMs === null
        ? null
        : setTimeout(() => {
            this.#cause = `no answer within ${timeoutMs / 1000} s`;
            this.#end();
          }, timeoutMs);
  }
}
