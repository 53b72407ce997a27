import sharp from 'sharp';
import type { Box } from '../../domain/mod.ts';
import type { Picture } from '../picture.ts';

/** Copies a part of a picture, to whole pixels, and says where exactly it lies, 0-1. */
export function cutPicture(picture: Picture, box: Box): { picture: Picture; box: Box } {
  const { pixels, pixelWidth, pixelHeight } = picture;
  const left = Math.floor(box[0] * pixelWidth);
  const top = Math.floor(box[1] * pixelHeight);
  const right = Math.max(left + 1, Math.min(pixelWidth, Math.ceil(box[2] * pixelWidth)));
  const bottom = Math.max(top + 1, Math.min(pixelHeight, Math.ceil(box[3] * pixelHeight)));
  const rowBytes = (right - left) * 3;
  const part = new Uint8Array(rowBytes * (bottom - top));
  for (let y = top; y < bottom; y++) {
    const start = (y * pixelWidth + left) * 3;
    part.set(pixels.subarray(start, start + rowBytes), (y - top) * rowBytes);
  }
  return {
    picture: { pixels: part, pixelWidth: right - left, pixelHeight: bottom - top },
    box: [left / pixelWidth, top / pixelHeight, right / pixelWidth, bottom / pixelHeight],
  };
}

/**
 * Shrinks a picture to fit inside a size, proportions kept; one that fits is returned as it is. Done by libvips in its own
 * threads: a detector worker would spend longer on it than on the model.
 */
export async function shrinkPicture(
  picture: Picture,
  maxPixelWidth: number,
  maxPixelHeight: number,
): Promise<Picture> {
  const { pixels, pixelWidth, pixelHeight } = picture;
  const scale = Math.min(1, maxPixelWidth / pixelWidth, maxPixelHeight / pixelHeight);
  if (scale === 1) return picture;
  const width = Math.max(1, Math.round(pixelWidth * scale));
  const height = Math.max(1, Math.round(pixelHeight * scale));
  const data = await sharp(pixels, { raw: { width: pixelWidth, height: pixelHeight, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return { pixels: data, pixelWidth: width, pixelHeight: height };
}
