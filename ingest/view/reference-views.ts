import { blendEdges, compareEdges, createEdgeMap, type EdgeMap } from './edge-map.ts';

/** What a camera is meant to see, in one kind of light. */
export interface ReferenceView {
  readonly map: EdgeMap;
  /** Mean grey level when it was learned, 0-255. */
  light: number;
  /** Pictures that it was learned from; after `mostPictures` it stays as it is, so that a slow drift is never followed. */
  pictures: number;
  /** Capture time of the last picture that matched it best. */
  usedAtMs: number;
}

export interface ReferenceViews {
  readonly views: readonly ReferenceView[];
  /** Which of them is likest to a map, and how alike they are, -1 to 1; `null` while there is none. */
  findLikest(map: EdgeMap, light: number): { view: ReferenceView; likeness: number } | null;
  /** Adds a view, in place of the one that was not used for longest when there are too many; the first one always stays. */
  add(map: EdgeMap, light: number, atMs: number, pictures: number): void;
  /** Blends a picture that agrees into a view that is still being learned. */
  refine(view: ReferenceView, map: EdgeMap, light: number, atMs: number): void;
  forget(): void;
}

const mostViews = 6;
const mostPictures = 120;
/** How much a view in other light is set back when the likest is chosen. */
const perGreyLevel = 0.002;

export function createReferenceViews(kept: readonly ReferenceView[] = []): ReferenceViews {
  const views = [...kept];
  return {
    views,
    findLikest(map, light) {
      let best: { view: ReferenceView; likeness: number } | null = null;
      let bestRank = Number.NEGATIVE_INFINITY;
      for (const view of views) {
        const likeness = compareEdges(map, view.map);
        const rank = likeness - perGreyLevel * Math.abs(view.light - light);
        if (rank <= bestRank) continue;
        best = { view, likeness };
        bestRank = rank;
      }
      return best;
    },
    add(map, light, atMs, pictures) {
      if (views.length >= mostViews) {
        let oldest = 1;
        for (let at = 2; at < views.length; at++)
          if ((views[at]?.usedAtMs ?? 0) < (views[oldest]?.usedAtMs ?? 0)) oldest = at;
        views.splice(oldest, 1);
      }
      const own = createEdgeMap(map.width, map.height);
      own.along.set(map.along);
      own.across.set(map.across);
      views.push({ map: own, light, pictures, usedAtMs: atMs });
    },
    refine(view, map, light, atMs) {
      view.usedAtMs = atMs;
      if (view.pictures >= mostPictures) return;
      view.pictures++;
      const share = 1 / view.pictures;
      blendEdges(view.map, map, share);
      view.light += share * (light - view.light);
    },
    forget() {
      views.length = 0;
    },
  };
}
