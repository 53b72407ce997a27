import sharp from 'sharp';
import { type CaptionFacts, listCaptionFields } from './caption.ts';
import { layOutCaption } from './caption-layout.ts';
import type { FontSupport } from './fonts.ts';
import { toOverlaySvg } from './overlay-svg.ts';

/** Huffman tables made to measure would save a thirtieth of the bytes and cost more than all the rest of the encoding. */
const jpegOptions = { quality: 90, chromaSubsampling: '4:4:4', optimiseCoding: false } as const;

/**
 * A copy of an original for people to read: the zone outlined, the thing framed, the facts on a strip below the picture
 * (never over it). JPEG; as wide as the original and higher by the strip. Rejects when the bytes are no picture.
 */
export async function annotatePicture(
  original: Uint8Array,
  facts: CaptionFacts,
  support: FontSupport,
): Promise<{ bytes: Uint8Array; width: number; height: number }> {
  const { width, height } = await readPictureSize(original);
  const caption = layOutCaption(listCaptionFields(facts, support), { width, height }, support);
  const svg = toOverlaySvg({
    width,
    height,
    zonePolygon: facts.candidate.zonePolygon,
    box: facts.moment.sighting.box,
    caption,
    support,
  });
  const { data, info } = await sharp(original, { failOn: 'error' })
    .flatten()
    .extend({ bottom: caption.stripHeight })
    .composite([{ input: Buffer.from(svg), left: 0, top: 0 }])
    .jpeg(jpegOptions)
    .toBuffer({ resolveWithObject: true });
  return { bytes: new Uint8Array(data), width: info.width, height: info.height };
}

/** Pixel size from a picture's header. */
export async function readPictureSize(picture: Uint8Array): Promise<{ width: number; height: number }> {
  const { width, height } = await sharp(picture, { failOn: 'error' }).metadata();
  return { width, height };
}
