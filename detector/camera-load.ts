import { GapWatch } from './gap-watch.ts';
import { type Quantiles, RecentValues } from './recent-values.ts';

/** What became of pictures, since the detector was opened. */
export interface PictureCounts {
  readonly offered: number;
  readonly done: number;
  readonly failed: number;
  /** Replaced by a newer picture of the same camera while they waited. */
  readonly superseded: number;
  /** Given up because too much waited. */
  readonly overLimit: number;
  /** Wait for a worker, and from the offer to the answer, milliseconds, of the last pictures; `null` before the first. */
  readonly waitMs: Quantiles | null;
  readonly ageMs: Quantiles | null;
}

export interface CameraLoad extends PictureCounts {
  readonly camera: string;
  /** Gap between answered pictures lately, milliseconds. */
  readonly gapMs: number | null;
  /** Pictures come, but too few of them are answered for the camera's rules. */
  readonly isStarved: boolean;
}

const keptValues = 64;

/** Counts of one camera, or of all together. */
export class LoadCounter {
  readonly #counts = { offered: 0, done: 0, failed: 0, superseded: 0, overLimit: 0 };
  readonly #waitMs: RecentValues;
  readonly #ageMs: RecentValues;

  constructor(kept = keptValues) {
    this.#waitMs = new RecentValues(kept);
    this.#ageMs = new RecentValues(kept);
  }

  count(what: keyof Omit<PictureCounts, 'waitMs' | 'ageMs'>): void {
    this.#counts[what]++;
  }

  noteTimes(waitMs: number, ageMs: number): void {
    this.#waitMs.add(waitMs);
    this.#ageMs.add(ageMs);
  }

  read(): PictureCounts {
    return { ...this.#counts, waitMs: this.#waitMs.read(), ageMs: this.#ageMs.read() };
  }
}

/** One camera's counts and the gap between its answers. */
export class CameraCounter extends LoadCounter {
  readonly #camera: string;
  #gaps: GapWatch | null = null;
  #offeredAtMs = 0;
  #doneAtMs: number | null = null;
  #lastGapMs: number | null = null;

  constructor(camera: string) {
    super();
    this.#camera = camera;
  }

  noteOffer(nowMs: number, floorGapMs: number | null): void {
    if (floorGapMs !== null && this.#gaps?.floorGapMs !== floorGapMs) this.#gaps = new GapWatch(floorGapMs);
    // No offers for longer than the rules allow: the camera was away, and what it lacked was not the detector.
    if (this.#gaps !== null && nowMs - this.#offeredAtMs > this.#gaps.floorGapMs) this.#gaps.end();
    this.#gaps?.begin(nowMs);
    this.#offeredAtMs = nowMs;
    this.count('offered');
  }

  noteDone(nowMs: number): void {
    this.count('done');
    this.#gaps?.noteSample(nowMs);
    if (this.#doneAtMs !== null) this.#lastGapMs = nowMs - this.#doneAtMs;
    this.#doneAtMs = nowMs;
  }

  readLoad(nowMs: number): CameraLoad {
    if (this.#gaps !== null && nowMs - this.#offeredAtMs > this.#gaps.floorGapMs) this.#gaps.end();
    const { achievedGapMs, isStarved } = this.#gaps?.read(nowMs) ?? { achievedGapMs: null, isStarved: false };
    return { camera: this.#camera, ...this.read(), gapMs: achievedGapMs ?? this.#lastGapMs, isStarved };
  }
}
