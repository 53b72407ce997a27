/** Turns what single samples say into a verdict that takes time to come and time to go. */
export interface Suspicion {
  /** Takes a sample: `true` speaks for it, `false` against it, `null` for neither. */
  note(speaksForIt: boolean | null, atMs: number): void;
  /** Whether it is a verdict by now. */
  readonly holds: boolean;
  /** Whether the last samples speak for it, verdict or not. */
  readonly isRaised: boolean;
  /** Time of the sample that raised it; `null` while nothing does. */
  readonly sinceMs: number | null;
  reset(): void;
}

export interface SuspicionTimes {
  /** Samples must speak for it this long and this often. */
  readonly raiseMs: number;
  readonly raiseSamples: number;
  /** Samples must speak against a verdict this long before it goes. */
  readonly clearMs: number;
}

/** A gap between samples counts as no more than this: nothing is known of what was in between. */
const longestStepMs = 5000;

/**
 * A level rises with time that speaks for it and falls with time that speaks against it; the verdict comes when it is full and goes
 * when it is empty. A single sample the other way delays, but decides nothing.
 */
export function createSuspicion({ raiseMs, raiseSamples, clearMs }: SuspicionTimes): Suspicion {
  let level = 0;
  let samples = 0;
  let holds = false;
  let sinceMs: number | null = null;
  let lastMs: number | null = null;
  const reset = (): void => {
    level = 0;
    samples = 0;
    holds = false;
    sinceMs = null;
  };
  return {
    note(speaksForIt, atMs) {
      const stepMs = lastMs === null ? 0 : Math.min(longestStepMs, Math.max(0, atMs - lastMs));
      lastMs = atMs;
      if (speaksForIt === null) return;
      if (!speaksForIt) {
        samples = holds ? samples : Math.max(0, samples - 1);
        level -= stepMs / (holds ? clearMs : raiseMs / 2);
        if (level <= 0) reset();
        return;
      }
      // The first sample has no time behind it: what was before it is not known to have been like it.
      if (sinceMs === null) sinceMs = atMs;
      else level = Math.min(1, level + stepMs / (holds ? clearMs : raiseMs));
      samples++;
      if (level >= 1 && samples >= raiseSamples) holds = true;
    },
    get holds() {
      return holds;
    },
    get isRaised() {
      return sinceMs !== null;
    },
    get sinceMs() {
      return sinceMs;
    },
    reset,
  };
}
