import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import type { Picture } from '../detector/mod.ts';
import { toMessage, XunjieError } from '../domain/mod.ts';

/** Larger pictures are shrunk to this: more than any model's input. */
const maxEdge = 1920;

/**
 * Reads a picture file (JPEG, PNG, WebP and others), upright, in RGB.
 * @throws XunjieError `file_not_found`, `bad_argument` when it is no picture.
 */
export async function readPicture(file: string): Promise<Picture> {
  const isThere = await stat(file).then(
    (facts) => facts.isFile(),
    () => false,
  );
  if (!isThere) throw new XunjieError('file_not_found', `no picture at ${file}: no such file`);
  try {
    const { data, info } = await sharp(file)
      .rotate()
      .flatten()
      .toColourspace('srgb')
      .resize(maxEdge, maxEdge, { fit: 'inside', withoutEnlargement: true })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`${info.channels} colour channels`);
    return { pixels: new Uint8Array(data), pixelWidth: info.width, pixelHeight: info.height };
  } catch (error) {
    throw new XunjieError('bad_argument', `${file} cannot be read as a picture: ${toMessage(error)}`, {
      cause: error,
    });
  }
}
