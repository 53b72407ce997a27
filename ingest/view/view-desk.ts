import {
  createGrey,
  createPlane,
  createShrinker,
  type Grey,
  halvePlane,
  type Plane,
  writeGrey,
} from './grey.ts';
import { createFactsReader, type FactsReader, type PictureFacts } from './picture-facts.ts';
import type { ReferenceView } from './reference-views.ts';
import { createStillness, type Stillness } from './stillness.ts';
import { createViewPlace, type ViewPlace } from './view-place.ts';

/** Places are compared on maps of this width. */
const referenceWidth = 128;
/** Sharpness is measured at this width, so that its figure means the same whatever the pictures' size. */
const halfWidth = 208;

/** Everything that depends on the picture's size: the buffers, and what looks at them. */
export interface ViewDesk {
  readonly width: number;
  readonly height: number;
  /** The picture laid out last, whole and at the width of reference maps. */
  readonly grey: Grey;
  readonly placePlane: Plane;
  /** Whether pictures are big enough for sharpness to mean something by itself. */
  readonly isWideEnough: boolean;
  readonly stillness: Stillness;
  readonly place: ViewPlace;
  /** Lays out a picture and reads its facts. */
  layOut(rgb: Uint8Array): PictureFacts;
}

export function openViewDesk(width: number, height: number, references: readonly ReferenceView[]): ViewDesk {
  const grey = createGrey(width, height);
  const toPlane = (across: number): Plane =>
    createPlane(across, Math.max(2, Math.round((across * height) / width)));
  const half = toPlane(Math.min(halfWidth, width));
  const placePlane = toPlane(Math.min(referenceWidth, width));
  const coarse = createPlane(placePlane.width >> 1, placePlane.height >> 1);
  const shrinkHalf = createShrinker(grey, half);
  const shrinkPlace = createShrinker(grey, placePlane);
  const facts: FactsReader = createFactsReader();
  return {
    width,
    height,
    grey,
    placePlane,
    isWideEnough: width >= halfWidth,
    stillness: createStillness(),
    place: createViewPlace(placePlane.width, placePlane.height, references),
    layOut(rgb) {
      writeGrey(rgb, grey);
      shrinkHalf();
      shrinkPlace();
      halvePlane(placePlane, coarse);
      return facts.read(grey, half, coarse);
    },
  };
}
