import type { CandidateFacts } from '../domain/mod.ts';
import { annotatePicture } from './annotate-picture.ts';
import { findFontSupport } from './fonts.ts';
import type { Moment } from './moments.ts';
import { readPictureSize } from './raster.ts';

/** A picture of a candidate with zone, box and facts, as a JPEG to look at: no evidence, and without a code that says so. */
export async function drawStill(
  original: Uint8Array,
  candidate: CandidateFacts,
  moment: Moment,
  timeZone: string,
): Promise<Uint8Array> {
  const support = await findFontSupport();
  const { first } = candidate;
  const facts = {
    candidate,
    moment,
    pictureNo: moment.sighting.capturedAtMs === first.capturedAtMs ? 1 : 2,
    pictureCount: 2,
    antiForgeryCode: null,
    timeZone,
  };
  return (await annotatePicture(original, await readPictureSize(original), facts, support)).bytes;
}
