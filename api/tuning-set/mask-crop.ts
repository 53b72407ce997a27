import sharp from 'sharp';
import type { Box, EvidenceItem, ObjectClass } from '../../domain/mod.ts';

/** Masks the given boxes (0-1) of a picture beyond recognition; answers a JPEG of the same size. */
export type MaskPicture = (picture: Uint8Array, boxes: readonly Box[]) => Promise<Uint8Array>;

export interface Crop {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  /** The thing in the crop, 0-1. */
  readonly box: [number, number, number, number];
}

/** Of the thing's size, on each side: enough of the street to tell what stands where. */
const marginShare = 0.5;
const minCropPixels = 64;
const jpegQuality = 90;

/** The masked copy to cut from: the last one, as the thing has stood longest there. */
export function chooseMaskedStill(items: readonly EvidenceItem[]): EvidenceItem | null {
  const masked = items.filter((item) => item.kind === 'masked');
  return masked.toSorted((a, b) => b.ptsMs - a.ptsMs)[0] ?? null;
}

/**
 * Cuts the thing with its surroundings out of a masked copy, in which heads and other people's plates are gone already. The plate
 * of the vehicle in question is not, as evidence needs it: here it goes too.
 */
export async function cutMaskedCrop(
  masked: Uint8Array,
  box: Box,
  objectClass: ObjectClass,
  maskPicture: MaskPicture,
): Promise<Crop> {
  const plates = listOwnMasks(box, objectClass);
  const picture = plates.length === 0 ? masked : await maskPicture(masked, plates);
  const image = sharp(picture, { failOn: 'error' }).timeout({ seconds: 20 });
  const { width, height } = await image.metadata();
  const [left, right] = toSpan(box[0], box[2], width);
  const [top, bottom] = toSpan(box[1], box[3], height);
  const region = { left, top, width: right - left, height: bottom - top };
  const bytes = await image.extract(region).jpeg({ quality: jpegQuality }).toBuffer();
  const toShare = (edge: number, from: number, extent: number) =>
    Math.min(1, Math.max(0, (edge - from) / extent));
  return {
    bytes,
    width: region.width,
    height: region.height,
    box: [
      toShare(box[0] * width, left, region.width),
      toShare(box[1] * height, top, region.height),
      toShare(box[2] * width, left, region.width),
      toShare(box[3] * height, top, region.height),
    ],
  };
}

/** Pixels from and to, within the picture. */
function toSpan(from: number, to: number, pixels: number): [number, number] {
  const margin = Math.max((to - from) * marginShare, (minCropPixels / pixels - (to - from)) / 2, 0);
  const start = Math.max(0, Math.floor((from - margin) * pixels));
  const end = Math.min(pixels, Math.ceil((to + margin) * pixels));
  return [Math.min(start, pixels - 1), Math.max(end, Math.min(start, pixels - 1) + 1)];
}

/** Where the plate of the vehicle itself may be: its lower part, as wide as it is, for a plate seen at an angle is at its side. */
function listOwnMasks([x1, y1, x2, y2]: Box, objectClass: ObjectClass): Box[] {
  const from = plateFrom[objectClass];
  return from === undefined ? [] : [[x1, y1 + (y2 - y1) * from, x2, y2]];
}

/** Share of the height from which a plate may begin, of what carries one. */
const plateFrom: Readonly<Partial<Record<ObjectClass, number>>> = {
  car: 0.45,
  bus: 0.45,
  truck: 0.45,
  bicycle: 0.25,
  motorcycle: 0.25,
  tricycle: 0.25,
};
