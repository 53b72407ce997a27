import sharp from 'sharp';
import { type CaptionFacts, listCaptionFields } from './caption.ts';
import { layOutCaption } from './caption-layout.ts';
import { toCaptionSvg } from './caption-svg.ts';
import { drawLines } from './draw-lines.ts';
import type { FontSupport } from './fonts.ts';
import { decodePicture, encodeJpeg, type Raster, rasterChannels } from './raster.ts';

export interface AnnotatedPicture {
  /** JPEG. */
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** The picture itself, as it was. */
  readonly raster: Raster;
}

/**
 * A copy of an original (of this size) for people to read: the zone outlined, the thing framed, the facts on a strip below the picture
 * (never over it). As wide as the original and higher by the strip. Rejects when the bytes are no picture.
 */
export async function annotatePicture(
  original: Uint8Array,
  size: { readonly width: number; readonly height: number },
  facts: CaptionFacts,
  support: FontSupport,
): Promise<AnnotatedPicture> {
  const caption = layOutCaption(listCaptionFields(facts, support), size, support);
  // Room for the strip from the start: a second picture of this size would cost more than all that is drawn on it.
  const raster = await decodePicture(original, caption.stripHeight);
  const { data, width, height } = raster;
  const strip = Buffer.from(toCaptionSvg(width, caption, support));
  data.set(await sharp(strip).flatten().raw({ depth: 'uchar' }).toBuffer(), width * height * rasterChannels);
  const undo = drawLines(raster, facts.candidate.zonePolygon, facts.moment.sighting.box);
  const annotated = { data, width, height: height + caption.stripHeight };
  const bytes = await encodeJpeg(annotated);
  undo();
  return { bytes, width, height: annotated.height, raster };
}
