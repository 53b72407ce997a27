import sharp from 'sharp';

/** A decoded picture: red, green and blue of each pixel in sRGB, a byte each, row by row without gaps. */
export interface Raster {
  /** May go on after the picture's last row: room for what is written below it. */
  readonly data: Uint8Array;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export const rasterChannels = 3;

/** Huffman tables made to measure would save a thirtieth of the bytes and cost more than all the rest of the encoding. */
const jpegOptions = { quality: 90, chromaSubsampling: '4:4:4', optimiseCoding: false } as const;

/**
 * Decodes a PNG, JPEG or WebP, with so many black rows below it; turned as it says it is to be shown, what is transparent black. Rejects
 * when the bytes are no picture, or a torn one.
 */
export async function decodePicture(picture: Uint8Array, rowsBelow = 0): Promise<Raster> {
  const { data, info } = await sharp(picture, { failOn: 'error', autoOrient: true })
    .flatten()
    .toColourspace('srgb')
    .extend({ bottom: rowsBelow, background: '#000' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== rasterChannels) throw new Error(`a picture of ${info.channels} channels`);
  // Not as a `Buffer`, whose `slice` gives no copy.
  return {
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
    width: info.width,
    height: info.height - rowsBelow,
  };
}

/** A JPEG without metadata, of nearly the picture's own quality: letters and edges keep their colours. */
export async function encodeJpeg({ data, width, height }: Raster): Promise<Uint8Array> {
  const raw = { width, height, channels: rasterChannels } as const;
  const rows = data.subarray(0, width * height * rasterChannels);
  return new Uint8Array(await sharp(rows, { raw }).jpeg(jpegOptions).toBuffer());
}

/** Size in pixels as it is to be shown, from a picture's header. */
export async function readPictureSize(picture: Uint8Array): Promise<{ width: number; height: number }> {
  return (await sharp(picture, { failOn: 'error' }).metadata()).autoOrient;
}
