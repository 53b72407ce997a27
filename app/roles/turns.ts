/** A place where so many may work at once. */
export interface Turns {
  /** Runs the task when it is its turn, first come first served; gives what it gives. */
  take<T>(task: () => Promise<T>): Promise<T>;
}

/** At most `width` tasks at a time; how many wait is not limited, and a waiting one holds nothing but itself. */
export function createTurns(width: number): Turns {
  const waiting: (() => void)[] = [];
  let free = width;
  return {
    async take(task) {
      if (free > 0) free--;
      else
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      try {
        return await task();
      } finally {
        // Handed on directly: nobody who comes just now gets in between.
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}
