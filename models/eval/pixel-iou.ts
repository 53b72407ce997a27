import type { PixelBox } from './dataset.ts';

/**
 * Overlap of a detection with a marked box: intersection over union, or, for a crowd, over the detection's own area.
 * Source: `bbIou` in maskApi.c of cocodataset/cocoapi.
 */
export function toPixelIou(found: PixelBox, truth: PixelBox, isCrowd: boolean): number {
  const width = Math.min(found[0] + found[2], truth[0] + truth[2]) - Math.max(found[0], truth[0]);
  const height = Math.min(found[1] + found[3], truth[1] + truth[3]) - Math.max(found[1], truth[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  const own = found[2] * found[3];
  return shared / (isCrowd ? own : own + truth[2] * truth[3] - shared);
}
