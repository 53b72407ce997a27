import { longestBackoffMs } from './backoff.ts';
import type { ConnectionEnd } from './connection.ts';
import type { LiveTiming } from './live-timing.ts';

/** Decides how long to wait before a camera is connected to again; docs/decisions/0006 has the reasons. */
export interface RetryPlan {
  /** After a connection that ended so and lasted so long. */
  toWaitMs(end: ConnectionEnd, lastedMs: number): number;
  /** How long the next attempt may wait for the stream's description. */
  toDescribeMs(): number;
  /** Whether that was one change of the stream too many in quick succession, for one that is steady again. */
  isUnsteady(end: ConnectionEnd): boolean;
  /** The camera was away and is back: what it refused before says nothing any more. */
  noteReturn(): void;
}

/** A password that never was accepted is tried so often before the long waits begin; fewer than what locks accounts. */
const firstRefusals = 3;
/** So often an attempt is given all the time that a slow camera may need. */
const slowEach = 4;
/** A stream that changes more often than this is a failing one. */
const steadyMs = 10_000;
const maxQuickChanges = 3;
const shortestDescribeMs = 5000;
/** A connection that lasted so long broke off for a reason of its own. */
const runningMs = 10_000;

export function createRetryPlan(timing: LiveTiming, now: () => number = () => performance.now()): RetryPlan {
  let failures = 0;
  let lastPictureAtMs = now();
  let wasAccepted = false;
  let quickChanges = 0;
  let refusals = 0;
  let refusedSinceMs = 0;
  /** How long the description took when the camera last gave pictures. */
  let describedInMs: number | null = null;

  const toFailureWaitMs = (end: ConnectionEnd, lastedMs: number): number => {
    const isYoung = now() - lastPictureAtMs < timing.answeringForMs;
    const waitMs = timing.toBackoffMs(failures++, isYoung ? timing.answeringMs : longestBackoffMs);
    // A stream that ran for a while is most likely there again; an attempt that took long was a wait itself.
    if (end.pictures > 0) return lastedMs >= runningMs ? Math.min(waitMs, timing.toBackoffMs(1)) : waitMs;
    return Math.max(timing.toBackoffMs(0), waitMs - lastedMs);
  };
  const toRefusalWaitMs = (): number => {
    if (refusals++ === 0) refusedSinceMs = now();
    const isSoon = wasAccepted
      ? now() - refusedSinceMs < timing.unauthorizedSoonForMs
      : refusals < firstRefusals;
    // Shorter, never longer, so that cameras do not return in step and yet in time.
    return (isSoon ? timing.unauthorizedSoonMs : timing.unauthorizedRetryMs) * (0.8 + 0.2 * Math.random());
  };

  return {
    toWaitMs(end, lastedMs): number {
      if (end.pictures > 0 && end.describedInMs !== undefined) describedInMs = end.describedInMs;
      if (end.pictures > 0) {
        wasAccepted = true;
        lastPictureAtMs = now();
      }
      if (end.kind !== 'unauthorized') refusals = 0;
      if (lastedMs >= timing.goodMs) failures = 0;
      switch (end.kind) {
        case 'redecode':
        case 'drifted':
        case 'clock_refused':
        case 'unfit':
        case 'not_recording':
        case 'stopped':
          failures = 0;
          break;
        case 'unauthorized':
          return toRefusalWaitMs();
        case 'changed':
        case 'time_jumped':
          // A damaged stream that is whole again looks changed once more.
          quickChanges = lastedMs >= steadyMs ? 0 : quickChanges + 1;
          if (quickChanges === 0) return 0;
          return quickChanges <= maxQuickChanges ? timing.toBackoffMs(0) : toFailureWaitMs(end, lastedMs);
        case 'killed':
          return end.pictures > 0 ? timing.toBackoffMs(0) : toFailureWaitMs(end, lastedMs);
        case 'closed':
        case 'lost':
        case 'stalled':
          return toFailureWaitMs(end, lastedMs);
      }
      return 0;
    },
    toDescribeMs() {
      const shortMs = Math.min(timing.silentMs, timing.describeMs);
      if (describedInMs === null) {
        if (failures % slowEach !== 0) return shortMs;
        return failures === 0 ? timing.silentMs : timing.firstPictureMs;
      }
      // A camera that begins amid its pictures is described with its next keyframe alone.
      const slowMs = Math.min(timing.firstPictureMs, 2 * describedInMs);
      if (failures === 0) return Math.max(timing.silentMs, slowMs);
      // How long this camera takes is known: what takes much longer has hung, and waiting for it costs the next try.
      const mostMs = Math.max(shortMs, slowMs);
      return Math.min(mostMs, Math.max(shortestDescribeMs, 4 * describedInMs));
    },
    isUnsteady: ({ kind }) =>
      (kind === 'changed' || kind === 'time_jumped') && quickChanges > maxQuickChanges,
    noteReturn() {
      refusals = 0;
    },
  };
}
