import {
  blendEdges,
  compareEdges,
  createEdgeFinder,
  createEdgeMap,
  halveEdges,
  measureStructure,
} from './edge-map.ts';
import { fitMotion, type Motion } from './fit-motion.ts';
import type { Plane } from './grey.ts';
import { createReferenceViews, type ReferenceView, type ReferenceViews } from './reference-views.ts';
import { createShiftSearch, regionCount, type ShiftScores } from './shift-search.ts';

/** What comparing the picture with its references says: here as ever, shifted, lost (another view altogether), or nothing. */
export type Place =
  | { readonly kind: 'here' | 'lost' | 'unsure' }
  | { readonly kind: 'shifted'; readonly motion: Motion };

export interface ViewPlace {
  /** Takes a picture; returns what it says when it was time to compare, else `null`. */
  note(plane: Plane, light: number, atMs: number): Place | null;
  readonly references: readonly ReferenceView[];
  /** Whether there is something to compare with. */
  readonly isLearned: boolean;
  /** The references have changed since this was last asked. */
  takeNews(): boolean;
  /** Forgets the references and learns the view that is seen from now on. */
  restart(): void;
}

/** The view is the mean of the last pictures; what passes fades within this time. */
const memoryMs = 8000;
const longestStepMs = 4000;
/** ... but a single picture is never more of it than this, however far apart they are. */
const mostShare = 0.25;
/** A comparison each so often. */
const compareMs = 4000;
/** Once several comparisons in a row said the same, the search for a shift, which costs most, is made less often. */
const settledResults = 5;
const searchAgainMs = 12_000;
/** A new camera's view is learned from at least this. */
const learnMs = 8000;
const learnPictures = 4;
/** Of root mean square edge length: less has nothing to hold on to. */
const leastStructure = 0.07;
/** Likeness with a reference at which no shift need be looked for: with a shift of 2 % it is below 0.3. */
const surelyHere = 0.5;
/** A view off by more, widths of the picture, has moved; one off by less is in place. Between the 2 % of wind and the 5 % of a pan lies what is said to be neither. */
const movedOff = 0.034;
const inPlaceOff = 0.025;
/** A picture this well in place may teach. */
const teachOff = 0.012;
/** ... and not only in the mean of the last pictures but in this one. */
const freshShare = 0.7;
const standsOut = 5;
const hardlyStandsOut = 3;
/** A view is another one only if it is itself steady. */
const steadyLikeness = 0.6;
/** A mean grey level from which it is day. */
const daylight = 60;
/** Light that differs by no more than this share is the same. */
const knownLight = 0.4;
/** After this long in other light a further reference is learned. */
const newLightMs = 300_000;
const otherLight = 0.55;

/** Follows where a camera looks. `kept`: references of an earlier run. All maps have the given size. */
export function createViewPlace(width: number, height: number, kept: readonly ReferenceView[]): ViewPlace {
  const finder = createEdgeFinder(width, height);
  const edges = createEdgeMap(width, height);
  const view = createEdgeMap(width, height);
  const before = createEdgeMap(width, height);
  const halfWidth = width >> 1;
  const halfHeight = height >> 1;
  const half = createEdgeMap(halfWidth, halfHeight);
  const halfReference = createEdgeMap(halfWidth, halfHeight);
  // 16 % of the width each way: what leaves most of the picture in sight.
  const near = createShiftSearch(halfWidth, halfHeight, Math.round(0.16 * halfWidth));
  const references = createReferenceViews(
    kept.filter(({ map }) => map.width === width && map.height === height),
  );
  let pictures = 0;
  let learnedMs = 0;
  let lastMs: number | null = null;
  let comparedAtMs = Number.NEGATIVE_INFINITY;
  let steadiness = 0;
  let beforeAtMs = Number.NEGATIVE_INFINITY;
  let otherLightMs = 0;
  let lightOfView = 0;
  let isNews = false;
  let lastPlace: Place = { kind: 'unsure' };
  let sameResults = 0;
  let searchedAtMs = Number.NEGATIVE_INFINITY;
  let searchedLikeness = 0;

  const compare = (atMs: number): Place => {
    const found = references.findLikest(view, lightOfView);
    const structure = measureStructure(view);
    noteSteadiness(atMs);
    if (found === null || structure < leastStructure) return { kind: 'unsure' };
    if (found.likeness >= surelyHere) {
      teach(references, found.view, 0, atMs);
      lastPlace = { kind: 'here' };
      sameResults = 0;
      return lastPlace;
    }
    const isOld = atMs - searchedAtMs >= searchAgainMs || Math.abs(found.likeness - searchedLikeness) > 0.15;
    if (sameResults >= settledResults && !isOld) return lastPlace;
    const place = search(found.view, atMs);
    sameResults = place.kind === lastPlace.kind ? sameResults + 1 : 0;
    lastPlace = place;
    searchedAtMs = atMs;
    searchedLikeness = found.likeness;
    return place;
  };

  const search = (reference: ReferenceView, atMs: number): Place => {
    halveEdges(view, half);
    halveEdges(reference.map, halfReference);
    const scores = near.run(half, halfReference);
    const motion = fitMotion(scores, halfWidth, halfHeight);
    if (motion !== null && motion.farthest > movedOff && motion.isClear) return { kind: 'shifted', motion };
    const clarity = toClarity(scores);
    if (motion !== null ? motion.farthest <= inPlaceOff : clarity >= standsOut) {
      teach(references, reference, motion?.farthest ?? inPlaceOff, atMs);
      return { kind: 'here' };
    }
    // In a light never seen before a dull view may show nothing it knows.
    const isKnownLight =
      lightOfView >= daylight ||
      Math.abs(reference.light - lightOfView) < knownLight * (10 + reference.light);
    const isSteady =
      isKnownLight && steadiness >= steadyLikeness && countStructured(scores) >= regionCount / 2;
    return { kind: isSteady && clarity < hardlyStandsOut ? 'lost' : 'unsure' };
  };

  /** Compares with the view of three memories ago: less would only compare the mean with itself. */
  const noteSteadiness = (atMs: number): void => {
    if (Math.abs(atMs - beforeAtMs) < 3 * memoryMs) return;
    steadiness = compareEdges(view, before);
    before.along.set(view.along);
    before.across.set(view.across);
    beforeAtMs = atMs;
  };

  /** Learns from a picture that lies where its reference does; a whole new light is learned after it has lasted. */
  const teach = (known: ReferenceViews, reference: ReferenceView, off: number, atMs: number): void => {
    if (off > teachOff) return;
    const likeness = compareEdges(view, reference.map);
    // Just after a pan the mean still looks like the reference, while the picture no longer does.
    if (compareEdges(edges, reference.map) < freshShare * likeness) return;
    otherLightMs = likeness < otherLight ? otherLightMs + compareMs : 0;
    if (otherLightMs >= newLightMs) {
      known.add(view, lightOfView, atMs, learnPictures);
      otherLightMs = 0;
      isNews = true;
      return;
    }
    if (likeness < otherLight) return;
    if (reference.pictures % 10 === 0) isNews = true;
    known.refine(reference, view, lightOfView, atMs);
  };

  return {
    note(plane, light, atMs) {
      const stepMs = lastMs === null ? 0 : Math.min(longestStepMs, Math.max(0, atMs - lastMs));
      lastMs = atMs;
      finder.write(plane, edges);
      pictures++;
      learnedMs += stepMs;
      // At first the mean of all pictures, later one that forgets.
      const share = Math.max(1 / pictures, Math.min(mostShare, 1 - Math.exp(-stepMs / memoryMs)));
      blendEdges(view, edges, share);
      lightOfView += share * (light - lightOfView);
      if (references.views.length === 0) {
        const isEnough = learnedMs >= learnMs && pictures >= learnPictures;
        if (!isEnough || measureStructure(view) < leastStructure) return null;
        references.add(view, lightOfView, atMs, pictures);
        isNews = true;
        comparedAtMs = atMs;
        return { kind: 'here' };
      }
      // A view that is only just coming together says nothing yet.
      if (pictures < learnPictures || learnedMs < learnMs / 2) return null;
      if (Math.abs(atMs - comparedAtMs) < compareMs) return null;
      comparedAtMs = atMs;
      return compare(atMs);
    },
    get references() {
      return references.views;
    },
    get isLearned() {
      return references.views.length > 0;
    },
    takeNews() {
      const was = isNews;
      isNews = false;
      return was;
    },
    restart() {
      references.forget();
      pictures = 0;
      learnedMs = 0;
      otherLightMs = 0;
      lastMs = null;
      sameResults = 0;
      comparedAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}

/** By how many standard deviations standing still matches better than a shift taken at random. */
function toClarity({ scores, energy, side }: ShiftScores): number {
  const size = side * side;
  let total = 0;
  for (let region = 0; region < regionCount; region++) total += Math.sqrt(energy[region] as number);
  if (total === 0) return 0;
  let sum = 0;
  let squares = 0;
  let still = 0;
  for (let at = 0; at < size; at++) {
    let score = 0;
    for (let region = 0; region < regionCount; region++)
      score += Math.sqrt(energy[region] as number) * (scores[region * size + at] as number);
    score /= total;
    sum += score;
    squares += score * score;
    if (at === (size - 1) / 2) still = score;
  }
  const mean = sum / size;
  const deviation = Math.sqrt(Math.max(1e-12, squares / size - mean * mean));
  return (still - mean) / deviation;
}

/** Regions that have something in them. */
function countStructured({ energy }: ShiftScores): number {
  let top = 0;
  for (const one of energy) top = Math.max(top, one);
  return energy.filter((one) => one > 0.15 * top).length;
}
