/** Ties a connection's stream time to this machine's clock: `capturedAtMs = round(rawMs) + offsetMs`. */
export interface Anchor {
  readonly offsetMs: number;
  /** Declared bound of the error, milliseconds. */
  readonly clockErrorMs: number;
}

/** Bound for the way from the camera's lens to this machine, on a network that works. */
const declaredErrorMs = 1000;

export interface AnchorFinder {
  /** The newest data of the stream so far, and when this was known. */
  noteEdge(arrivedAtMs: number, rawMs: number): void;
  /** How much later than the anchor says the newest data came; `null` before there is one. Negative: the stream runs ahead. */
  lagMs(): number | null;
  /** Fixes the anchor from what was seen; `null` as long as nothing was. */
  settle(): Anchor | null;
}

/**
 * Finds the anchor as the least difference between arrival and stream time: data can come late (start-up reads ahead, networks stall)
 * but never before it was captured. `floorMs`: no time at or before it may be given again, because earlier frames of the camera bear
 * it; what the anchor is moved by for that is added to the declared error. So is `burstMs`, the length of what comes at once.
 */
export function createAnchorFinder(floorMs: number, burstMs = 0): AnchorFinder {
  let least = Number.POSITIVE_INFINITY;
  let firstRawMs: number | null = null;
  let newest: { arrivedAtMs: number; rawMs: number } | null = null;
  let anchor: Anchor | null = null;
  return {
    noteEdge(arrivedAtMs, rawMs) {
      if (newest !== null && rawMs <= newest.rawMs) return;
      firstRawMs ??= rawMs;
      newest = { arrivedAtMs, rawMs };
      least = Math.min(least, arrivedAtMs - rawMs);
    },
    lagMs() {
      if (anchor === null || newest === null) return null;
      return newest.arrivedAtMs - newest.rawMs - anchor.offsetMs;
    },
    settle() {
      if (anchor !== null || firstRawMs === null) return anchor;
      const measured = Math.round(least);
      const offsetMs = Math.max(measured, floorMs + 1 - Math.round(firstRawMs));
      anchor = { offsetMs, clockErrorMs: declaredErrorMs + burstMs + offsetMs - measured };
      return anchor;
    },
  };
}
