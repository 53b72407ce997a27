/** The last values of something measured, for quantiles of what is lately the case. */
export class RecentValues {
  readonly #values: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  add(value: number): void {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  /** Nearest-rank quantiles; `null` before the first value. */
  read(): Quantiles | null {
    const size = Math.min(this.#count, this.#values.length);
    if (size === 0) return null;
    const sorted = this.#values.subarray(0, size).toSorted();
    const at = (share: number): number => sorted[Math.ceil(share * size) - 1] ?? 0;
    return { p50: at(0.5), p95: at(0.95) };
  }
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
}
