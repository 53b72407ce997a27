export interface Sample {
  readonly camera: string;
  readonly capturedAtMs: number;
  /** From capture to the detections' arrival on the bus. */
  readonly ageMs: number;
}

export interface SampleVerdict {
  /** Samples in time as a share of those wanted; one that never came counts as late. */
  readonly onTime: number;
  /** The camera with the smallest share. */
  readonly worstCamera: number;
  readonly ageP50Ms: number;
  readonly ageP99Ms: number;
}

/** Judges the samples captured in [fromMs, toMs): each camera owes one per `gapMs`, no older than `maxAgeMs`. */
export function judgeSamples(
  samples: readonly Sample[],
  window: { cameras: number; fromMs: number; toMs: number; gapMs: number; maxAgeMs: number },
): SampleVerdict {
  const { cameras, fromMs, toMs, gapMs, maxAgeMs } = window;
  const inside = samples.filter(({ capturedAtMs }) => capturedAtMs >= fromMs && capturedAtMs < toMs);
  const wanted = Math.floor((toMs - fromMs) / gapMs);
  const inTime = new Map<string, number>();
  for (const { camera, ageMs } of inside)
    inTime.set(camera, (inTime.get(camera) ?? 0) + (ageMs <= maxAgeMs ? 1 : 0));
  const shares = [...inTime.values()].map((count) => Math.min(1, count / wanted));
  while (shares.length < cameras) shares.push(0);
  const ages = inside.map(({ ageMs }) => ageMs).toSorted((a, b) => a - b);
  return {
    onTime: round(shares.reduce((sum, share) => sum + share, 0) / cameras, 5),
    worstCamera: round(Math.min(...shares), 3),
    ageP50Ms: Math.round(ages[Math.floor(ages.length * 0.5)] ?? 0),
    ageP99Ms: Math.round(ages[Math.floor(ages.length * 0.99)] ?? 0),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
