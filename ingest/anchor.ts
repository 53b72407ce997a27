/** Ties a connection's stream time to the names of its frames: `ptsMs = round(rawMs) + offsetMs`, the same for the whole connection. */
export interface Anchor {
  readonly offsetMs: number;
  /** What was measured; `offsetMs` is larger where names were taken already. */
  readonly measuredMs: number;
}

export interface AnchorFinder {
  /** The newest data of the stream so far, and when this was known. */
  noteEdge(arrivedAtMs: number, rawMs: number): void;
  /** Fixes the anchor from what was seen; `null` as long as nothing was. */
  settle(): Anchor | null;
}

/**
 * Finds the anchor as the least difference between arrival and stream time: data can come late (start-up reads ahead, networks stall)
 * but never before it was captured. `floorMs`: no name at or before it may be given again, because earlier frames of the camera bear it.
 */
export function createAnchorFinder(floorMs: number): AnchorFinder {
  let least = Number.POSITIVE_INFINITY;
  let firstRawMs: number | null = null;
  let newestRawMs = Number.NEGATIVE_INFINITY;
  let anchor: Anchor | null = null;
  return {
    noteEdge(arrivedAtMs, rawMs) {
      if (rawMs <= newestRawMs) return;
      firstRawMs ??= rawMs;
      newestRawMs = rawMs;
      least = Math.min(least, arrivedAtMs - rawMs);
    },
    settle() {
      if (anchor !== null || firstRawMs === null) return anchor;
      const measuredMs = Math.round(least);
      anchor = { offsetMs: Math.max(measuredMs, floorMs + 1 - Math.round(firstRawMs)), measuredMs };
      return anchor;
    },
  };
}
