import { statfs } from 'node:fs/promises';

export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** What is free for us on the disk that holds `dir`. Rejects when `dir` is not there. */
export async function readSpace(dir: string): Promise<DiskSpace> {
  const found = await statfs(dir);
  return { freeBytes: found.bavail * found.bsize, totalBytes: found.blocks * found.bsize };
}

const largestReserveBytes = 256 * 1024 * 1024;
const reserveShare = 0.03;

/**
 * What stays free so that a recording does not run into the disk's end: 3 % of the disk, at most 256 MB, and in any case three of the
 * largest segments, because that much may come before the next look. `factor` grows each time the disk was full all the same.
 */
export function toReserveBytes(space: DiskSpace, largestSegmentBytes: number, factor: number): number {
  const plain = Math.max(
    Math.min(largestReserveBytes, space.totalBytes * reserveShare),
    3 * largestSegmentBytes,
  );
  return Math.min(space.totalBytes / 4, plain * factor);
}
