/** Which pictures of a stream are decoded and how close together they may be. */
export interface Sampling {
  /** `keyframes`: nothing else is decoded; `all`: everything is, and thinned. */
  readonly decode: 'keyframes' | 'all';
  /** Pictures nearer than this to the last one taken are passed over. */
  readonly minSpacingMs: number;
}

const shortestSpacingMs = 200;
const longestSpacingMs = 2000;
/** Slack, so that a gap of exactly the wanted length is not lost or won by rounding. */
const slackMs = 1;

/**
 * Keyframes alone are enough when they come at least five times per onset; otherwise all is decoded and thinned to a sample per
 * onset/5, at most 5 and at least 0.5 per second. `frameGapMs` is the time between two pictures of the stream (0: unknown).
 */
export function chooseSampling(onsetMs: number, keyframeGapMs: number | null, frameGapMs: number): Sampling {
  const decode = keyframeGapMs !== null && keyframeGapMs <= onsetMs / 5 ? 'keyframes' : 'all';
  const gapMs = decode === 'keyframes' ? (keyframeGapMs ?? 0) : frameGapMs;
  // A picture is passed over only when the next one after it still comes in time for a sample each onset/5.
  const passOverMs = Math.min(longestSpacingMs, onsetMs / 5) - gapMs;
  return { decode, minSpacingMs: Math.max(shortestSpacingMs - slackMs, passOverMs + slackMs) };
}
