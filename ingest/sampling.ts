/** Which pictures of a stream are decoded and how far apart they may be at most, where the stream has enough of them. */
export interface Sampling {
  /** `keyframes`: nothing else is decoded; `all`: everything is, and thinned. */
  readonly decode: 'keyframes' | 'all';
  /** A picture is wanted at least this often. */
  readonly everyMs: number;
}

/** Closer together than this is never wanted. */
export const shortestEveryMs = 200;
/** Things that stand for minutes are looked at this often all the same. */
const longestEveryMs = 2000;

/** With this gap between keyframes they alone are enough: five samples per onset. */
export function toLongestGapMs(onsetMs: number): number {
  return onsetMs / 5;
}

/** Keyframes alone are enough when they come at least five times per onset; otherwise all is decoded. `null`: the gap is not known. */
export function chooseSampling(onsetMs: number, keyframeGapMs: number | null): Sampling {
  const isEnough = keyframeGapMs !== null && keyframeGapMs <= toLongestGapMs(onsetMs);
  const everyMs = Math.min(Math.max(toLongestGapMs(onsetMs), shortestEveryMs), longestEveryMs);
  return { decode: isEnough ? 'keyframes' : 'all', everyMs };
}

/** Slack, so that a gap of exactly the wanted length is not lost or won by rounding. */
const slackMs = 1;

/**
 * ffmpeg's `select` expression that thins: a picture is passed over only when the next one, expected after as long a gap as the one
 * before it, still comes in time. So keyframes that come each half second are thinned to what is wanted, and ones that come just in
 * time are all taken, without the gap being known beforehand. Time that runs backwards is a new beginning.
 */
export function toThinningExpression(sampling: Sampling): string {
  const every = ((sampling.everyMs + slackMs) / 1000).toFixed(4);
  const shortest = ((shortestEveryMs - slackMs) / 1000).toFixed(4);
  const since = '(t-prev_selected_t)';
  const isDue = `gte(${since},${shortest})*gt(${since}+t-prev_t,${every})`;
  return `(isnan(prev_selected_t)+lt(t,prev_selected_t)+${isDue})`;
}
