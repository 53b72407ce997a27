import type { DwellShares } from '../../../domain/mod.ts';

export interface DwellPercentages {
  readonly seen: number;
  readonly bridged: number;
  readonly unknown: number;
}

/**
 * Whole percentages that add up to 100 (largest remainder), so that the legend never contradicts the bar.
 * A share that is there but below half a percent still shows as 1: unknown time must not round away to nothing.
 */
export function toDwellPercentages(dwell: DwellShares): DwellPercentages {
  const parts = [dwell.seenMs, dwell.bridgedMs, dwell.unknownMs].map((ms) => Math.max(0, ms));
  const total = parts.reduce((sum, ms) => sum + ms, 0);
  if (total === 0) return { seen: 0, bridged: 0, unknown: 0 };
  const exact = parts.map((ms) => (ms / total) * 100);
  const whole = exact.map((share) => (share > 0 ? Math.max(1, Math.floor(share)) : 0));
  let rest = 100 - whole.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact.map((share, index) => ({ index, remainder: share - Math.floor(share) }));
  byRemainder.sort((a, b) => b.remainder - a.remainder);
  for (const { index } of byRemainder) {
    if (rest <= 0) break;
    if ((exact[index] ?? 0) <= 0) continue;
    whole[index] = (whole[index] ?? 0) + 1;
    rest -= 1;
  }
  // Lifting small shares to 1 may have taken too much: the largest share gives it back.
  if (rest < 0) {
    const largest = exact.indexOf(Math.max(...exact));
    whole[largest] = (whole[largest] ?? 0) + rest;
  }
  const [seen = 0, bridged = 0, unknown = 0] = whole;
  return { seen, bridged, unknown };
}
