/** The gap between samples lately, and the alarm that it is too long. */
export interface GapReading {
  /** Milliseconds; grows while no sample comes. `null` before `begin`. */
  readonly achievedGapMs: number | null;
  readonly isStarved: boolean;
}

/** The mean over so many gaps passes over a single hiccup, also of a sampling that aims exactly at the floor. */
const windowGaps = 10;
const shortestWindowMs = 15_000;
const raiseAt = 1.2;
const clearAt = 1.05;
const keptTimes = 64;

/**
 * Watches whether samples come at least each `floorGapMs`. The mean gap over about ten such gaps counts, the open one at the end
 * included. The alarm is raised above 1.2 times the floor and clears at 1.05 times. Pure: the caller has the clock (any, milliseconds).
 */
export class GapWatch {
  readonly floorGapMs: number;
  readonly #windowMs: number;
  /** Of samples, oldest first; the first one stands at or before the window's start. */
  readonly #timesMs: number[] = [];
  #beganAtMs: number | null = null;
  #hasSample = false;
  #isStarved = false;

  constructor(floorGapMs: number) {
    this.floorGapMs = floorGapMs;
    this.#windowMs = Math.max(shortestWindowMs, windowGaps * floorGapMs);
  }

  /** Samples are due from now on; does nothing when they are already. */
  begin(nowMs: number): void {
    if (this.#beganAtMs !== null) return;
    this.#beganAtMs = nowMs;
    this.#timesMs.push(nowMs);
  }

  /** No samples are due: the time until the next `begin` does not count, and no alarm stands. */
  end(): void {
    this.#beganAtMs = null;
    this.#timesMs.length = 0;
    this.#hasSample = false;
    this.#isStarved = false;
  }

  noteSample(nowMs: number): void {
    // What came before the first sample is start-up, and no gap between samples once there is one.
    if (!this.#hasSample && !this.#isStarved) this.end();
    this.#hasSample = true;
    this.begin(nowMs);
    if (this.#timesMs[0] !== nowMs) this.#timesMs.push(nowMs);
    if (this.#timesMs.length > keptTimes) this.#timesMs.shift();
  }

  read(nowMs: number): GapReading {
    if (this.#beganAtMs === null) return { achievedGapMs: null, isStarved: false };
    while ((this.#timesMs[1] ?? Number.POSITIVE_INFINITY) <= nowMs - this.#windowMs) this.#timesMs.shift();
    const first = this.#timesMs[0] ?? nowMs;
    const last = this.#timesMs.at(-1) ?? nowMs;
    const gaps = this.#timesMs.length - 1;
    // As if a sample came right now, when that makes the mean longer: what is open is at least so long.
    const achievedGapMs = Math.max(gaps === 0 ? 0 : (last - first) / gaps, (nowMs - first) / (gaps + 1));
    if (this.#isStarved) this.#isStarved = achievedGapMs > clearAt * this.floorGapMs;
    else if (nowMs - this.#beganAtMs >= this.#windowMs)
      this.#isStarved = achievedGapMs > raiseAt * this.floorGapMs;
    return { achievedGapMs, isStarved: this.#isStarved };
  }
}
