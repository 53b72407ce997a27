import type { FootageReader } from '../domain/mod.ts';
import { createRingFootage } from './ring-footage.ts';
import { scanRing } from './ring-index.ts';

/** What a camera's recordings hold now, read beside the process that records them: nothing is waited for, nothing pruned. `ptsMs` is capture time. */
export function openStoredFootage(ringDir: string): FootageReader {
  return createRingFootage(
    { list: () => scanRing(ringDir), explainGap: () => null },
    { edgeMs: () => null },
    'nearest',
  );
}
