import type { SampleClock } from './tracker.ts';

/** What the fold remembers of the camera's sampling. */
export interface ClockState {
  readonly lastMs: number;
  /** Usual time between two samples; 0 before the second. */
  readonly typicalMs: number;
}

/** Shortest pause that counts as a hole in the stream; at slow sampling three usual gaps. */
const minHoleMs = 2000;

/**
 * The clock for the sample at `atMs`, and what to remember of it. A pause of more than three usual gaps is a hole:
 * time of which nothing is known. Before the rhythm is known, the first gap is taken as usual up to ten seconds.
 */
export function stepClock(state: ClockState | null, atMs: number): { clock: SampleClock; state: ClockState } {
  if (state === null)
    return { clock: { atMs, typicalMs: 0, isAfterHole: false }, state: { lastMs: atMs, typicalMs: 0 } };
  const elapsedMs = atMs - state.lastMs;
  if (state.typicalMs === 0) {
    const typicalMs = Math.min(elapsedMs, 10_000);
    return {
      clock: { atMs, typicalMs, isAfterHole: elapsedMs > typicalMs },
      state: { lastMs: atMs, typicalMs },
    };
  }
  const isAfterHole = elapsedMs > Math.max(minHoleMs, 3 * state.typicalMs);
  // a hole moves the usual gap only a little, so that a change of rate is learnt but an outage is not
  const typicalMs = state.typicalMs + 0.1 * (Math.min(elapsedMs, 3 * state.typicalMs) - state.typicalMs);
  return { clock: { atMs, typicalMs, isAfterHole }, state: { lastMs: atMs, typicalMs } };
}
