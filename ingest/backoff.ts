const firstMs = 1000;
export const longestBackoffMs = 60_000;
const jitter = 0.2;

/**
 * How long to wait before the next attempt: 1 s, doubling up to `longestMs`, each up to 20 % shorter or longer so that cameras do not
 * return in step.
 */
export function toBackoffMs(
  failures: number,
  longestMs: number = longestBackoffMs,
  random: number = Math.random(),
): number {
  const plainMs = Math.min(longestMs, firstMs * 2 ** Math.min(30, failures));
  return Math.round(plainMs * (1 - jitter + 2 * jitter * random));
}
