import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { XunjieError } from '../../domain/mod.ts';

const maxSidePx = 2560;
/** A small file can unfold into a huge picture: refused before it does. */
const maxInputPixels = 80_000_000;
const jpegQuality = 88;
const formats = new Set(['jpeg', 'png', 'webp']);

export interface EncodedPhoto {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
}

/** Makes a JPEG of at most 2560 px without metadata (where it was taken, by whose phone). Refuses what is no picture. */
export async function reEncodePhoto(bytes: Buffer): Promise<EncodedPhoto> {
  try {
    // No file at all makes it throw at once.
    const image = sharp(bytes, { limitInputPixels: maxInputPixels, failOn: 'error', pages: 1 });
    const { format, pages = 1 } = await image.metadata();
    if (!formats.has(format)) throw new Error(`its format is ${format}`);
    if (pages > 1) throw new Error(`it moves: it has ${pages} pictures`);
    const { data, info } = await image
      .timeout({ seconds: 20 })
      .autoOrient()
      .resize({ width: maxSidePx, height: maxSidePx, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: jpegQuality })
      .toBuffer({ resolveWithObject: true });
    const sha256 = createHash('sha256').update(data).digest('hex');
    return { bytes: data, sha256, width: info.width, height: info.height };
  } catch (error) {
    const cause = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    throw new XunjieError(
      'bad_request',
      `photo: not a JPEG, PNG or WebP picture that can be read (${cause})`,
      {
        cause: error,
        details: { field: 'photo' },
      },
    );
  }
}
