import type { Logger } from '../../../platform/mod.ts';
import type { CameraFold } from './camera-fold.ts';
import { listCounters } from './figures.ts';

/** Counters that grow in quiet times, too. What is held for a reason of the street is daily business, but for the cap. */
function toLevel(counter: string): 'warn' | 'info' | null {
  if (counter === 'batches' || counter === 'raised') return null;
  return counter.startsWith('suppressed') && counter !== 'suppressedCap' ? 'info' : 'warn';
}

/**
 * Call it now and then: a line for each counter of the folds that has grown since, with by how much, in how many cameras, and in which
 * most. What a checkpoint had counted is not told again.
 */
export function createGrowthWatch(logger: Logger): (folds: Iterable<CameraFold>) => void {
  let before = new Map<string, ReadonlyMap<string, number>>();
  return (folds) => {
    const now = new Map<string, ReadonlyMap<string, number>>();
    const grown = new Map<string, { by: number; cameras: number; most: string; mostBy: number }>();
    for (const { camera, state } of folds) {
      const counters = new Map(listCounters(state));
      now.set(camera, counters);
      const known = before.get(camera);
      if (known === undefined) continue;
      for (const [name, count] of counters) {
        const by = count - (known.get(name) ?? 0);
        if (by <= 0) continue;
        const sum = grown.get(name) ?? { by: 0, cameras: 0, most: camera, mostBy: 0 };
        sum.by += by;
        sum.cameras++;
        if (by > sum.mostBy) Object.assign(sum, { most: camera, mostBy: by });
        grown.set(name, sum);
      }
    }
    before = now;
    for (const [counter, { by, cameras, most }] of grown) {
      const level = toLevel(counter);
      if (level !== null)
        logger[level](
          { counter, by, cameras, most },
          'the rules have held back, passed over or let go something',
        );
    }
  };
}
