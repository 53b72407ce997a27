/**
 * Lets callers who ask the same at the same time share one answer that began after each of them asked: whoever asks while a run
 * is under way waits for the next one, so that everybody sees what was written before they asked. However many ask, two runs
 * at most are open for each key.
 */
export interface SharedRuns<Result> {
  get(key: string, run: () => Promise<Result>): Promise<Result>;
}

interface Lane<Result> {
  current: Promise<Result>;
  next: Promise<Result> | null;
}

export function createSharedRuns<Result>(): SharedRuns<Result> {
  const lanes = new Map<string, Lane<Result>>();

  const start = (key: string, run: () => Promise<Result>): Promise<Result> => {
    const current = run();
    const lane: Lane<Result> = { current, next: null };
    lanes.set(key, lane);
    const end = () => {
      if (lanes.get(key) === lane && lane.next === null) lanes.delete(key);
    };
    current.then(end, end);
    return current;
  };

  return {
    get(key, run) {
      const lane = lanes.get(key);
      if (lane === undefined) return start(key, run);
      lane.next ??= lane.current.then(
        () => start(key, run),
        () => start(key, run), // its failure is told to those who waited for it
      );
      return lane.next;
    },
  };
}
