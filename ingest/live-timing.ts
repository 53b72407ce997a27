/** The waits of a live camera; tests shorten them. */
export interface LiveTiming {
  /** No picture for this long, or for three keyframe gaps: stalled. */
  readonly silentMs: number;
  /** Longest wait for the first picture once the stream is described: the second keyframe must come. */
  readonly firstPictureMs: number;
  /** A picture waits this long for the anchor at most. */
  readonly settleMs: number;
  /** How often the watchdog looks. */
  readonly watchMs: number;
  /** Longest wait for the camera to accept a connection. */
  readonly reachMs: number;
  readonly unauthorizedRetryMs: number;
  /** A connection that lived so long ends the row of failures. */
  readonly goodMs: number;
  /** How long to wait after so many failures in a row. */
  toBackoffMs(failures: number): number;
  readonly segmentMs: number;
  readonly pruneMs: number;
}
