/** A place for one waiting thing: a newer one replaces it. */
export interface Slot<T> {
  put(item: T): void;
  /** Throws away what waits; nothing is taken any more. */
  close(): void;
  /** Resolves when nothing waits and nothing is in work. */
  settle(): Promise<void>;
}

/** Hands things to `take` one at a time, newest wins. `take` must not reject; `onDropped` is told of each that was replaced. */
export function createSlot<T>(take: (item: T) => Promise<void>, onDropped: () => void): Slot<T> {
  let waiting: { item: T } | null = null;
  let working: Promise<void> | null = null;
  let closed = false;
  const work = async (): Promise<void> => {
    for (let next = waiting; next !== null; next = waiting) {
      waiting = null;
      await take(next.item);
    }
    working = null;
  };
  return {
    put(item) {
      if (closed) return;
      if (waiting !== null) onDropped();
      waiting = { item };
      working ??= work();
    },
    close() {
      waiting = null;
      closed = true;
    },
    async settle() {
      await working;
    },
  };
}
