import { open } from 'node:fs/promises';
import {
  type CandidateFacts,
  type FootageClip,
  type FootageFrame,
  type FootageReader,
  isOfMachine,
  toMessage,
  XunjieError,
} from '../domain/mod.ts';
import type { Moment } from './moments.ts';
import { readPictureSize } from './raster.ts';

/** An original as the footage gave it, byte for byte. */
export interface OriginalPicture {
  /** The sighting with the picture's own time, which differs when it comes from another stream of the camera. */
  readonly moment: Moment;
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp';
  /** Bound of the picture's own clock where it is not the sighting's; `undefined`: it is. */
  readonly clockErrorMs: number | null | undefined;
  readonly width: number;
  readonly height: number;
}

export interface EndClip {
  readonly moment: 'start' | 'end';
  readonly clip: FootageClip;
  /** Capture time of the clip's first frame. */
  readonly capturedAtMs: number;
}

/** A clip at each end of a stay: so much before the first or after the last sighting, and so much of the stay itself. */
export const outsideMs = 2_000;
export const insideMs = 8_000;

/** The full-resolution pictures of these moments. Rejects with `evidence_unavailable`. */
export async function readOriginals(
  candidate: CandidateFacts,
  footage: FootageReader,
  moments: readonly Moment[],
): Promise<OriginalPicture[]> {
  // One by one after that: it tells which is not there, and why.
  const ahead = await footage.readFrames?.(moments.map(({ sighting }) => sighting.ptsMs)).catch(() => []);
  const originals: OriginalPicture[] = [];
  for (const [index, moment] of moments.entries())
    originals.push(await readOriginal(candidate, footage, moment, ahead?.[index] ?? null));
  return originals;
}

async function readOriginal(
  candidate: CandidateFacts,
  footage: FootageReader,
  moment: Moment,
  ahead: FootageFrame | null,
): Promise<OriginalPicture> {
  const { name, sighting } = moment;
  const what = `the picture of the ${name} sighting`;
  try {
    const { bytes, ptsMs, clockErrorMs } = ahead ?? (await footage.readFrame(sighting.ptsMs));
    const mediaType = sniffPicture(bytes);
    if (mediaType === null) throw new Error('the footage gave no PNG, JPEG or WebP');
    const capturedAtMs = sighting.capturedAtMs + ptsMs - sighting.ptsMs;
    const shown: Moment = { name, sighting: { ...sighting, ptsMs, capturedAtMs } };
    return { moment: shown, bytes, mediaType, clockErrorMs, ...(await readPictureSize(bytes)) };
  } catch (error) {
    throw toUnavailable(candidate, what, sighting.ptsMs, error);
  }
}

/**
 * Ten seconds around the first and around the last sighting, as far as footage exists; the caller discards them. Rejects with
 * `evidence_unavailable`, and then keeps none.
 */
export async function readEndClips(candidate: CandidateFacts, footage: FootageReader): Promise<EndClip[]> {
  const { first, last } = candidate;
  const ends = [
    { moment: 'start', sighting: first, fromMs: first.ptsMs - outsideMs, toMs: first.ptsMs + insideMs },
    { moment: 'end', sighting: last, fromMs: last.ptsMs - insideMs, toMs: last.ptsMs + outsideMs },
  ] as const;
  const clips: EndClip[] = [];
  for (const { moment, sighting, fromMs, toMs } of ends) {
    try {
      const clip = await footage.readClip(fromMs, toMs);
      if (!(clip.durationMs > 0) || !(await isMp4(clip.file))) {
        await clip.discard();
        throw new Error('the footage gave no playable MP4');
      }
      const capturedAtMs = Math.round(sighting.capturedAtMs + clip.fromPtsMs - sighting.ptsMs);
      clips.push({ moment, clip, capturedAtMs });
    } catch (error) {
      for (const { clip } of clips) await clip.discard();
      throw toUnavailable(candidate, `the clip at the ${moment}`, sighting.ptsMs, error);
    }
  }
  return clips;
}

/** Media type by the first bytes; `null` for anything but PNG, JPEG and WebP. */
function sniffPicture(bytes: Uint8Array): OriginalPicture['mediaType'] | null {
  const starts = (...magic: number[]) => magic.every((byte, index) => bytes[index] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg';
  const text = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) return 'image/webp';
  return null;
}

async function isMp4(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.toString('latin1', 4) === 'ftyp';
  } finally {
    await handle.close();
  }
}

/** One line that says which moment is missing and why. */
export function toUnavailable(
  candidate: CandidateFacts,
  what: string,
  ptsMs: number,
  cause: unknown,
): XunjieError {
  // A machine without its tools, or without time for them, says nothing about the footage: the caller may try again later.
  if (isOfMachine(cause)) return cause;
  return new XunjieError(
    'evidence_unavailable',
    `candidate ${candidate.id} of ${candidate.camera}: ${what} (stream time ${ptsMs} ms) is not to be had: ${toMessage(cause)}`,
    { cause, details: { candidateId: candidate.id, camera: candidate.camera, ptsMs } },
  );
}
