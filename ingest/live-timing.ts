import { toBackoffMs } from './backoff.ts';

/** The waits of a live camera; tests shorten them. */
export interface LiveTiming {
  /** No picture for this long, or for three keyframe gaps: stalled. Also the longest wait for a camera's first word. */
  readonly silentMs: number;
  /** A stream that was live and brings nothing at all, not even between its keyframes, for this long: stalled. */
  readonly quietMs: number;
  /**
   * Longest wait for a stream's description when an attempt before failed, less where the camera is known to be quick; as long as none
   * came, the first attempt waits `silentMs`, and each fourth after it `firstPictureMs`.
   */
  readonly describeMs: number;
  /** Longest wait for the first picture once the stream is described: the second keyframe must come. */
  readonly firstPictureMs: number;
  /** A picture waits this long for the anchor at most. */
  readonly settleMs: number;
  /** How often the watchdog looks. */
  readonly watchMs: number;
  /** Longest wait for the camera to accept a connection. */
  readonly reachMs: number;
  /** How often a camera that is away is asked whether it is back: at first each second, then this. */
  readonly probeMs: number;
  /** Longest wait between attempts while the camera answers but gives no stream, ... */
  readonly answeringMs: number;
  /** ... until it has given none for so long: then the waits double further. */
  readonly answeringForMs: number;
  /** Between attempts with a password that the camera accepted before, or while a new one was refused only a few times. */
  readonly unauthorizedSoonMs: number;
  /** How long a password that was accepted before is tried again so soon. */
  readonly unauthorizedSoonForMs: number;
  /** Between attempts with a refused password otherwise: some cameras lock an account that fails too often. */
  readonly unauthorizedRetryMs: number;
  /** A connection that lived so long ends the row of failures. */
  readonly goodMs: number;
  /** How long to wait after so many failures in a row. */
  toBackoffMs(failures: number, longestMs?: number): number;
  /** Keyframes alone must have been enough for so long before they are relied on again. */
  readonly calmMs: number;
  readonly segmentMs: number;
  readonly pruneMs: number;
}

export const liveTiming: LiveTiming = {
  silentMs: 15_000,
  quietMs: 8000,
  describeMs: 9000,
  firstPictureMs: 45_000,
  settleMs: 3000,
  watchMs: 500,
  reachMs: 10_000,
  probeMs: 4000,
  answeringMs: 5000,
  answeringForMs: 3_600_000,
  unauthorizedSoonMs: 8000,
  unauthorizedSoonForMs: 600_000,
  unauthorizedRetryMs: 60_000,
  goodMs: 300_000,
  toBackoffMs: (failures, longestMs) => toBackoffMs(failures, longestMs),
  calmMs: 60_000,
  segmentMs: 10_000,
  pruneMs: 10_000,
};
