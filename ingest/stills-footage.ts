import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { type FootageReader, isOfMachine, toMessage, XunjieError } from '../domain/mod.ts';
import { probeClipHead, toFileInput } from './clip-facts.ts';
import { type ClipFile, makeClipFile, maxClipBytes } from './clip-file.ts';
import { maxClipMs } from './clip-footage.ts';
import { convertFile } from './cut-clip.ts';
import type { Still } from './still-list.ts';
import { words } from './words.ts';

const maxStillBytes = 128 * 1024 * 1024;
/** More pictures than this are thinned out evenly: a minute at 10 per second. */
const maxClipStills = 600;
/** How long the last picture of a clip is shown at most. */
const longestHoldMs = 2000;
const maxClipWidth = 1920;

/** Footage of a folder of stills, whose stream time is their capture time: the files themselves, and clips that show each at its time. */
export function createStillsFootage(stills: readonly Still[]): FootageReader {
  return {
    async readFrame(ptsMs) {
      const still = stills[findAtOrAfter(stills, ptsMs)];
      if (still?.capturedAtMs !== ptsMs) throw toAbsence(`there is no still of ${toTime(ptsMs)}`);
      try {
        const { size } = await stat(still.file);
        if (size > maxStillBytes) throw new Error(`it has more than ${maxStillBytes} bytes`);
        return { bytes: await readFile(still.file), ptsMs };
      } catch (error) {
        throw toAbsence(`${still.file}: ${toMessage(error)}`, error);
      }
    },
    async readClip(fromPtsMs, toPtsMs) {
      const to = Math.min(toPtsMs, fromPtsMs + maxClipMs);
      const shown = stills.slice(findAtOrAfter(stills, fromPtsMs), findAtOrAfter(stills, to + 1));
      const [first] = shown;
      if (first === undefined)
        throw toAbsence(`there are no stills from ${toTime(fromPtsMs)} to ${toTime(to)}`);
      const thinned = thin(shown, maxClipStills);
      const last = thinned.at(-1) ?? first;
      const holdMs = Math.min(longestHoldMs, Math.max(1, to - last.capturedAtMs));
      const { clip, durationMs } = await encodeStills(thinned, holdMs);
      return { ...clip, mediaType: 'video/mp4', fromPtsMs: first.capturedAtMs, durationMs };
    },
  };
}

/** Index of the first still at this time or later. */
export function findAtOrAfter(stills: readonly Still[], atMs: number): number {
  let [low, high] = [0, stills.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stills[middle]?.capturedAtMs ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function thin(stills: readonly Still[], most: number): Still[] {
  const step = Math.max(1, stills.length / most);
  const picked = stills.filter((_still, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  const last = stills.at(-1);
  return last === undefined || picked.at(-1) === last ? picked : [...picked, last];
}

/** An MP4 with each picture at its own time after the first, all at the first one's size. */
async function encodeStills(
  stills: readonly Still[],
  holdMs: number,
): Promise<{ clip: ClipFile; durationMs: number }> {
  try {
    const { clip, found } = await makeClipFile('stills', (file, folder) =>
      writeClip(stills, holdMs, file, folder),
    );
    return { clip, durationMs: found };
  } catch (error) {
    if (isOfMachine(error)) throw error;
    throw toAbsence(`no clip can be made of the stills: ${toMessage(error)}`, error);
  }
}

async function writeClip(
  stills: readonly Still[],
  holdMs: number,
  file: string,
  folder: string,
): Promise<number> {
  const lines = ['ffconcat version 1.0'];
  let size: { width: number; height: number } | null = null;
  for (const [i, still] of stills.entries()) {
    const name = `${String(i).padStart(4, '0')}.jpg`;
    const picture = sharp(still.file, { failOn: 'error', autoOrient: true });
    size ??= toClipSize((await picture.metadata()).autoOrient);
    await picture
      .resize({ ...size, fit: 'fill' })
      .jpeg({ quality: 95 })
      .toFile(path.join(folder, name));
    const nextMs = stills[i + 1]?.capturedAtMs;
    lines.push(`file ${name}`);
    if (nextMs !== undefined) lines.push(`duration ${((nextMs - still.capturedAtMs) / 1000).toFixed(3)}`);
  }
  const list = path.join(folder, 'list.ffconcat');
  await writeFile(list, `${lines.join('\n')}\n`);
  // A millisecond is the clock: that of the pictures' own 25 per second would move them.
  const lastFor = `setts=duration='if(eq(N,${stills.length - 1}),${holdMs}/1000/TB,DURATION)'`;
  await convertFile(toFileInput(list), words('-protocol_whitelist file -f concat -safe 0'), file, [
    ...words('-map 0:V:0 -fps_mode passthrough -enc_time_base 1:1000 -video_track_timescale 1000'),
    ...words('-c:v libx264 -preset veryfast -crf 20 -bf 0 -pix_fmt yuv420p -threads 1 -bsf:v'),
    lastFor,
    ...words(`-movflags +faststart -fs ${maxClipBytes} -f mp4`),
  ]);
  return (await probeClipHead(file)).durationMs ?? 0;
}

function toClipSize({ width, height }: { width: number; height: number }): { width: number; height: number } {
  const scale = Math.min(1, maxClipWidth / width);
  const toEven = (pixels: number): number => Math.max(2, 2 * Math.round((pixels * scale) / 2));
  return { width: toEven(width), height: toEven(height) };
}

function toAbsence(message: string, cause?: unknown): XunjieError {
  return new XunjieError('evidence_unavailable', message, { cause });
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
