import type { CaseSummary } from '../api/types.ts';

/** Where a case is, in as many words as are known of it: address, else camera, else grid. */
export function toPlace(file: Pick<CaseSummary, 'address' | 'camera' | 'grid'>): string {
  return file.address ?? file.camera?.name ?? file.grid?.name ?? '–';
}
