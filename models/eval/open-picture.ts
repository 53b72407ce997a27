import sharp, { type Sharp } from 'sharp';
import type { Picture } from '../../detector/mod.ts';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { EvalPicture } from './dataset.ts';

/**
 * Opens a picture the way up in which it was marked: as its pixels are stored when their size is the declared one, else
 * turned as its EXIF tag says. @throws XunjieError `bad_dataset` when it cannot be decoded or has another size.
 */
export async function openPicture({ name, file, declared }: EvalPicture): Promise<Sharp> {
  const { width, height, orientation } = await readSize(file, name);
  const isTurned = (orientation ?? 1) >= 5;
  if (declared === null || (declared.width === width && declared.height === height)) {
    // Without a declared size people saw it as viewers show it.
    return declared === null ? open(file).autoOrient() : open(file);
  }
  if (isTurned && declared.width === height && declared.height === width) return open(file).autoOrient();
  throw new XunjieError(
    'bad_dataset',
    `${name}: the file is ${width}x${height}, the annotations say ${declared.width}x${declared.height}`,
  );
}

/** Decodes a picture to RGB24. @throws XunjieError `bad_dataset`. */
export async function decodePicture(picture: EvalPicture): Promise<Picture> {
  const image = await openPicture(picture);
  const { data, info } = await image
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => refuse(picture.name, error));
  return { pixels: data, pixelWidth: info.width, pixelHeight: info.height };
}

/** Width and height as people see the picture. @throws XunjieError `bad_dataset`. */
export async function readSeenSize(file: string): Promise<{ width: number; height: number }> {
  const { width, height, orientation } = await readSize(file, file);
  return (orientation ?? 1) >= 5 ? { width: height, height: width } : { width, height };
}

async function readSize(
  file: string,
  name: string,
): Promise<{ width: number; height: number; orientation?: number }> {
  return open(file)
    .metadata()
    .catch((error: unknown) => refuse(name, error));
}

/** A decoder's warnings are let pass; a picture that is broken or cut short is not. */
function open(file: string): Sharp {
  return sharp(file, { failOn: 'error' });
}

function refuse(name: string, error: unknown): never {
  throw new XunjieError(
    'bad_dataset',
    `${name} cannot be decoded: ${toMessage(error).replaceAll(/\s+/g, ' ').trim()}`,
    { cause: error },
  );
}
