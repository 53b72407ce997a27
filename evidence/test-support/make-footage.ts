import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { FootageClip, FootageReader } from '../../domain/mod.ts';

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
      return makeClip(bytes, from, toPtsMs - from);
    },
    ...changes,
  };
}

/** A clip of any bytes, in a file that `discard` removes. */
export async function makeClip(
  bytes: Uint8Array,
  fromPtsMs: number,
  durationMs: number,
): Promise<FootageClip> {
  const folder = await mkdtemp(path.join(tmpdir(), 'xunjie-test-clip-'));
  const file = path.join(folder, 'clip.mp4');
  await writeFile(file, bytes);
  return {
    file,
    bytes: bytes.byteLength,
    mediaType: 'video/mp4',
    fromPtsMs,
    durationMs,
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}
