const firstRetryMs = 10_000;
const longestRetryMs = 3_600_000;
/** About three and a half hours after the first. */
export const maxAttempts = 12;

/**
 * When to try again after so many failed attempts: 10 s, doubling up to an hour, each a fifth earlier or later so that receivers
 * that come back are not met by everybody at once. A receiver that names a time itself (Retry-After) gets it, within the hour.
 */
export function toRetryDelayMs(attempts: number, random: number, retryAfterMs: number | null = null): number {
  if (retryAfterMs !== null) return Math.min(longestRetryMs, Math.max(firstRetryMs, retryAfterMs));
  const base = Math.min(longestRetryMs, firstRetryMs * 2 ** (attempts - 1));
  return Math.round(base * (0.8 + 0.4 * random));
}
