/** One question to the database for all who ask at the same time. */
export interface Gatherer<Value> {
  /** The value of a key as the database had it after this call, or `null`. */
  get(key: string): Promise<Value | null>;
}

interface Waiting<Value> {
  readonly key: string;
  readonly resolve: (value: Value | null) => void;
  readonly reject: (error: unknown) => void;
}

const maxKeys = 500;

/**
 * Asks at once when nothing is being asked; who comes meanwhile goes with the next question, so that nobody gets an answer that is
 * older than their own call. With many callers a question costs each of them a share of a round trip, and nothing is kept.
 */
export function createGatherer<Value>(
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): Gatherer<Value> {
  const waiting: Waiting<Value>[] = [];
  let isAsking = false;
  const ask = async (): Promise<void> => {
    isAsking = true;
    while (waiting.length > 0) {
      const group = waiting.splice(0, maxKeys);
      try {
        const found = await load([...new Set(group.map(({ key }) => key))]);
        for (const { key, resolve } of group) resolve(found.get(key) ?? null);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    isAsking = false;
  };
  return {
    get: (key) =>
      new Promise((resolve, reject) => {
        waiting.push({ key, resolve, reject });
        if (!isAsking) void ask();
      }),
  };
}
