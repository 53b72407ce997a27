import type { KeyframeFinding, KeyframeWatchOptions } from './keyframe-watch.ts';
import { chooseSampling, type Sampling, toLongestGapMs } from './sampling.ts';

/** Decides, over all connections of a camera, between keyframes alone and full decode. */
export interface DecodeChoice {
  sampling(): Sampling;
  /** What the next connection is to watch for. */
  watch(): KeyframeWatchOptions;
  /** Takes what a connection found; the next one goes by it. */
  change(finding: KeyframeFinding, gapMs: number | null, delayMs: number | null): void;
}

const longestCalmMs = 3_600_000;
/** A stream that has no keyframes to rely on is likely to stay so; a try costs it its samples of some ten seconds. */
const undecodableCalmMs = 6 * 3_600_000;

/**
 * Begins with keyframes alone. After these failed they must have been enough for `calmMs` before they are relied on again, twice as
 * long each time that they fail anew, so that a camera whose gap comes and goes is not connected to again and again.
 */
export function createDecodeChoice(onsetMs: number, calmMs: number): DecodeChoice {
  const [keyframes, all] = [chooseSampling(onsetMs, 0), chooseSampling(onsetMs, null)];
  let sampling = keyframes;
  let nextCalmMs = calmMs;
  let hasReturned = false;
  let lateGroups = 0;
  return {
    sampling: () => sampling,
    watch: () => ({
      decode: sampling.decode,
      longestGapMs: toLongestGapMs(onsetMs),
      calmMs: nextCalmMs,
      lateGroups,
    }),
    change(finding, gapMs, delayMs) {
      if (finding === 'dense') {
        hasReturned = true;
        sampling = keyframes;
        return;
      }
      if (hasReturned) nextCalmMs = Math.min(2 * nextCalmMs, Math.max(longestCalmMs, calmMs));
      if (finding === 'undecodable') nextCalmMs = Math.max(undecodableCalmMs, calmMs);
      if (finding === 'late' && gapMs !== null && delayMs !== null) lateGroups = Math.ceil(delayMs / gapMs);
      sampling = all;
    },
  };
}

/** In words, for the log. */
export function describeFinding(
  finding: KeyframeFinding,
  gapMs: number | null,
  delayMs: number | null,
): string {
  const late = `${Math.round(delayMs ?? 0)} ms late (B-frames)`;
  const gap = `keyframes are ${gapMs === null ? 'too far' : `${Math.round(gapMs)} ms`} apart`;
  const words: Record<KeyframeFinding, string> = {
    sparse: `${gap}: all pictures are decoded from now on`,
    late: `keyframes alone come ${late}: all pictures are decoded from now on`,
    undecodable: 'the stream has no keyframes that stand alone: all pictures are decoded from now on',
    dense: `${gap} again: only they are decoded from now on`,
  };
  return words[finding];
}
