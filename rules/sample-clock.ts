import type { SampleClock } from './tracker.ts';

/** A stretch of batches whose stream time went on with the wall clock. */
interface Stretch {
  readonly fromPtsMs: number;
  readonly toPtsMs: number;
  /** Wall clock minus stream time at its end. */
  readonly offsetMs: number;
}

/** What the fold remembers of the camera's sampling. */
export interface ClockState {
  readonly lastMs: number;
  readonly lastPtsMs: number;
  /** Usual time between two samples; 0 before the second. */
  readonly typicalMs: number;
  /** Since when the street has been watched without a hole, a jump of the clock or a bad view. */
  readonly watchedSinceMs: number;
  /** The newest sample showed nothing: its view was bad. */
  readonly isBlind: boolean;
  /** Stream time of the first sample of the present stretch, and how often it has gone on since (counted to a few). */
  readonly fromPtsMs: number;
  readonly ptsSteps: number;
  /** Stretches before a break of either clock: what belongs to them comes late. Newest last. */
  readonly earlier: readonly Stretch[];
}

/** What a batch's two times say: use it, refuse it (came again, came late), or use it in a new time. */
export type BatchTime = 'good' | 'again' | 'late' | 'set_back' | 'set_forward';

/** Shortest pause that counts as a hole in the stream; at slow sampling three usual gaps. */
const minHoleMs = 2000;
/** From this difference on the wall clock was set; below, a batch that is not newer is late. */
const minJumpMs = 5000;
/** Wall clock and stream time of one stretch drift apart by no more than this. */
const offsetToleranceMs = 2000;
/** How far before and after what was seen of a stretch something of it may still arrive. */
const stretchMarginMs = 60_000;
const maxEarlier = 4;

/**
 * Judges the wall clock by the stream's own time, which nobody sets: it tells a clock that was set from a batch that came late and
 * from a pause. Stream time that stands still or begins again says nothing; then the wall clock alone counts.
 */
export function judgeTime(state: ClockState | null, atMs: number, ptsMs: number): BatchTime {
  if (state === null) return 'good';
  const wallMs = atMs - state.lastMs;
  if (wallMs === 0) return 'again';
  const streamMs = Number.isFinite(ptsMs) ? ptsMs - state.lastPtsMs : 0;
  const isNext = streamMs > 0 && streamMs <= toHoleMs(state);
  if (wallMs < 0) {
    const hasGoneOn = streamMs > 0 && streamMs >= state.typicalMs / 2;
    return streamMs - wallMs > minJumpMs && hasGoneOn && (isNext || !isOfEarlier(state, atMs, ptsMs))
      ? 'set_back'
      : 'late';
  }
  if (streamMs < 0 && isOfEarlier(state, atMs, ptsMs)) return 'late';
  return isNext && state.ptsSteps > 0 && wallMs - streamMs > Math.max(minJumpMs, 2 * state.typicalMs)
    ? 'set_forward'
    : 'good';
}

/**
 * The clock for the sample at `atMs`, and what to remember of it. A pause of more than three usual gaps is a hole:
 * time of which nothing is known. Before the rhythm is known, the first gap is taken as usual up to ten seconds.
 * `isJump`: the wall clock was set since the last sample, so the time between them is not known.
 */
export function stepClock(
  state: ClockState | null,
  atMs: number,
  ptsMs: number,
  isJump = false,
): { clock: SampleClock; state: ClockState } {
  const stamp = Number.isFinite(ptsMs) ? ptsMs : (state?.lastPtsMs ?? 0);
  if (state === null)
    return {
      clock: { atMs, typicalMs: 0, isAfterHole: false },
      state: {
        lastMs: atMs,
        lastPtsMs: stamp,
        typicalMs: 0,
        watchedSinceMs: atMs,
        isBlind: false,
        fromPtsMs: stamp,
        ptsSteps: 0,
        earlier: [],
      },
    };
  const elapsedMs = atMs - state.lastMs;
  const isPause = !isJump && elapsedMs > (state.typicalMs === 0 ? 10_000 : toHoleMs(state));
  const isAfterHole = isJump || isPause || state.isBlind;
  const typicalMs = isJump ? state.typicalMs : toTypicalMs(state.typicalMs, elapsedMs);
  const isBreak = isJump || stamp < state.lastPtsMs;
  return {
    clock: { atMs, typicalMs, isAfterHole },
    state: {
      lastMs: atMs,
      lastPtsMs: stamp,
      typicalMs,
      watchedSinceMs: isAfterHole ? atMs : state.watchedSinceMs,
      isBlind: false,
      fromPtsMs: isBreak ? stamp : state.fromPtsMs,
      ptsSteps: isBreak ? 0 : Math.min(3, state.ptsSteps + (stamp > state.lastPtsMs ? 1 : 0)),
      earlier: isBreak ? [...state.earlier, toStretch(state)].slice(-maxEarlier) : state.earlier,
    },
  };
}

/** A hole moves the usual gap only a little, so that a change of rate is learnt but an outage is not. */
function toTypicalMs(typicalMs: number, elapsedMs: number): number {
  if (typicalMs === 0) return Math.min(elapsedMs, 10_000);
  return typicalMs + 0.1 * (Math.min(elapsedMs, 3 * typicalMs) - typicalMs);
}

function toHoleMs(state: ClockState): number {
  return Math.max(minHoleMs, 3 * state.typicalMs);
}

function toStretch(state: ClockState): Stretch {
  return {
    fromPtsMs: state.fromPtsMs,
    toPtsMs: state.lastPtsMs,
    offsetMs: state.lastMs - state.lastPtsMs,
  };
}

function isOfEarlier(state: ClockState, atMs: number, ptsMs: number): boolean {
  return state.earlier.some(
    (stretch) =>
      Math.abs(atMs - ptsMs - stretch.offsetMs) <= offsetToleranceMs &&
      ptsMs >= stretch.fromPtsMs - stretchMarginMs &&
      ptsMs <= stretch.toPtsMs + stretchMarginMs,
  );
}
