/** The least of the values of the last minutes. */
export interface LeastWindow {
  note(value: number, atMs: number): void;
  /** `null` before the first value. */
  least(): number | null;
  /** What was noted before was less by so much than it should have been. */
  raise(by: number): void;
}

interface Bucket {
  readonly untilMs: number;
  least: number;
}

const buckets = 6;

/** Forgets a value `windowMs` after it was noted, a sixth of that more or less; the last value stays however old it is. */
export function createLeastWindow(windowMs: number): LeastWindow {
  let kept: Bucket[] = [];
  return {
    note(value, atMs) {
      const newest = kept.at(-1);
      if (newest === undefined || atMs >= newest.untilMs || newest.untilMs - atMs > 2 * windowMs)
        kept = [...kept, { untilMs: atMs + windowMs / buckets, least: value }].slice(-buckets);
      else newest.least = Math.min(newest.least, value);
    },
    least: () => (kept.length === 0 ? null : Math.min(...kept.map(({ least }) => least))),
    raise(by) {
      for (const bucket of kept) bucket.least += by;
    },
  };
}
