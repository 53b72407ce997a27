import sharp from 'sharp';
import type { FootageReader } from '../../domain/mod.ts';

/** A street-like picture, drawn; `ptsMs` changes it so that no two moments are alike. */
export async function makePicture(
  ptsMs: number,
  {
    width = 640,
    height = 360,
    type = 'png',
  }: { width?: number; height?: number; type?: 'png' | 'jpeg' | 'webp' } = {},
): Promise<Uint8Array> {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900" width="${width}" height="${height}">` +
    `<rect width="1600" height="900" fill="#8a9097"/><rect width="1600" height="250" fill="#a9c4dd"/>` +
    `<rect x="${100 + (ptsMs % 997)}" y="300" width="90" height="60" fill="#305020"/>` +
    `<rect x="660" y="480" width="320" height="210" rx="40" fill="#b3202c"/></svg>`;
  return new Uint8Array(await sharp(Buffer.from(svg)).flatten().toFormat(type).toBuffer());
}

/** Footage in memory: drawn pictures, and clips that are an MP4 by their first bytes only (nothing here decodes them). */
export function makeFootage(changes: Partial<FootageReader> = {}): FootageReader {
  return {
    readFrame: async (ptsMs) => ({ bytes: await makePicture(ptsMs), ptsMs }),
    readClip: async (fromPtsMs, toPtsMs) => {
      const from = Math.max(0, fromPtsMs);
      const bytes = Buffer.from(`\0\0\0\u0018ftypisom${'frames '.repeat(500)}${from}`, 'latin1');
      return {
        bytes: new Uint8Array(bytes),
        mediaType: 'video/mp4',
        fromPtsMs: from,
        durationMs: toPtsMs - from,
      };
    },
    ...changes,
  };
}
