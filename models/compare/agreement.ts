import type { Found } from '../eval/dataset.ts';
import { toPixelIou } from '../eval/pixel-iou.ts';

const shownScore = 0.25;
const minOverlap = 0.5;

/**
 * Share of what two models report that both do: twice the pairs (same picture and category, IoU 0.5 or more, the surest
 * first) over all reports. `null` when neither reports anything.
 */
export function measureAgreement(a: readonly Found[], b: readonly Found[]): number | null {
  const sure = (found: readonly Found[]): Found[] =>
    found.filter(({ score }) => score >= shownScore).toSorted((x, y) => y.score - x.score);
  const ours = sure(a);
  const theirs = new Map<string, Found[]>();
  let total = ours.length;
  for (const one of sure(b)) {
    total++;
    const key = `${one.picture}:${one.category}`;
    theirs.set(key, [...(theirs.get(key) ?? []), one]);
  }
  if (total === 0) return null;
  let pairs = 0;
  for (const one of ours) {
    const open = theirs.get(`${one.picture}:${one.category}`) ?? [];
    const overlaps = open.map(({ box }) => toPixelIou(one.box, box, false));
    const best = overlaps.indexOf(Math.max(...overlaps));
    if (best === -1 || (overlaps[best] as number) < minOverlap) continue;
    open.splice(best, 1);
    pairs++;
  }
  return Number(((2 * pairs) / total).toFixed(4));
}
