const firstMs = 1000;
const longestMs = 60_000;
const jitter = 0.2;

/** How long to wait before the next attempt: 1 s, doubling up to 60 s, each up to 20 % shorter or longer so that cameras do not return in step. */
export function toBackoffMs(failures: number, random: number = Math.random()): number {
  const plainMs = Math.min(longestMs, firstMs * 2 ** Math.min(30, failures));
  return Math.round(plainMs * (1 - jitter + 2 * jitter * random));
}
