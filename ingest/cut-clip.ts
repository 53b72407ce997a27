import path from 'node:path';
import { XunjieError } from '../domain/mod.ts';
import { toFileInput } from './clip-facts.ts';
import { type ClipFile, makeClipFile, maxClipBytes } from './clip-file.ts';
import { collectBytes } from './collect-bytes.ts';
import { checkExit } from './cut-frame.ts';
import { type FfmpegOutput, startFfmpeg } from './ffmpeg.ts';
import { parsePacketTimes } from './packet-times.ts';
import { words } from './words.ts';

export interface ClipCut {
  readonly input: string;
  readonly inputOptions: readonly string[];
  /** Where to begin, seconds after the input's start. */
  readonly seekS: number;
  /** Where to end, in the input's own time base, milliseconds. */
  readonly rawToMs: number;
  readonly codec: string;
  readonly pixelFormat: string;
}

export interface CutClip {
  readonly clip: ClipFile;
  /** Time of the first frame in the input's own time base, milliseconds. */
  readonly rawFromMs: number;
  readonly durationMs: number;
  /** It holds the stream's own packets: nothing was encoded anew. */
  readonly isCopied: boolean;
}

const timeoutMs = 120_000;
/** Frames come in decoding order: a little beyond the end, so that none before it is lost. */
export const beyondMs = 200;
const playablePixels = new Set(['yuv420p', 'yuvj420p', 'nv12']);

/**
 * An MP4 that begins at the keyframe at or before the wanted start; encoded anew (from the wanted start) only when browsers could not
 * play the stream.
 */
export async function cutClip(cut: ClipCut): Promise<CutClip> {
  const isCopied = cut.codec === 'h264' && playablePixels.has(cut.pixelFormat);
  const { clip, found } = await makeClipFile('clip', async (file, folder) => {
    const seek = toSeek(cut.seekS);
    const inputOptions = ['-copyts', ...cut.inputOptions, ...seek];
    const range = ['-t', ((cut.rawToMs + beyondMs) / 1000).toFixed(4)];
    if (isCopied) return copyTimed({ input: cut.input, inputOptions, range }, file);
    const timed = path.join(folder, 'timed.mkv');
    const options = [...words('-map 0:V:0'), ...range, ...encodeOptions, ...words('-f matroska')];
    await convertFile(cut.input, inputOptions, timed, options);
    const timedOptions = words('-copyts -protocol_whitelist file');
    return copyTimed({ input: toFileInput(timed), inputOptions: timedOptions, range: [] }, file);
  });
  return { clip, rawFromMs: found.firstMs, durationMs: Math.round(found.endMs - found.firstMs), isCopied };
}

/**
 * Options that begin reading so many seconds after an input's start; none at the start itself, for in a transport stream even a
 * seek to 0 goes to the second keyframe.
 */
export function toSeek(seekS: number): string[] {
  return seekS <= 0 ? [] : ['-ss', seekS.toFixed(4)];
}

const encodeOptions = [
  ...words('-filter:v scale=trunc(iw/2)*2:trunc(ih/2)*2 -fps_mode passthrough'),
  ...words('-c:v libx264 -preset veryfast -crf 20 -pix_fmt yuv420p -threads 1'),
  ...words(`-avoid_negative_ts disabled -fs ${maxClipBytes}`),
];

interface Copying {
  readonly input: string;
  readonly inputOptions: readonly string[];
  /** Options of the output that end it. */
  readonly range: readonly string[];
}

const maxTimesBytes = 16 << 20;

/** Copies packets into an MP4 whose first picture is at 0, and hears in the same run what times they had. */
async function copyTimed(
  { input, inputOptions, range }: Copying,
  file: string,
): Promise<{ firstMs: number; endMs: number }> {
  const collected = collectBytes(maxTimesBytes);
  await runToEnd(input, inputOptions, [
    {
      target: file,
      options: [
        ...words('-map 0:V:0'),
        ...range,
        ...words('-c copy -bsf:v setts=pts=PTS-STARTPTS:dts=DTS-STARTPTS'),
        ...words(`-movflags +faststart -fs ${maxClipBytes} -f mp4`),
      ],
    },
    {
      target: collected.bytes,
      options: [...words('-map 0:V:0'), ...range, ...words('-c copy -f framecrc')],
    },
  ]);
  const times = parsePacketTimes(Buffer.from(await collected.finished).toString('latin1'));
  if (times === null)
    throw new XunjieError('ffmpeg_failed', 'no clip could be cut: no picture in it has a time');
  return times;
}

/** One bounded run of ffmpeg from file to file. Rejects with `ffmpeg_failed`. */
export function convertFile(
  input: string,
  inputOptions: readonly string[],
  target: string,
  options: readonly string[],
): Promise<void> {
  return runToEnd(input, inputOptions, [{ target, options }]);
}

async function runToEnd(
  input: string,
  inputOptions: readonly string[],
  outputs: readonly FfmpegOutput[],
): Promise<void> {
  const run = startFfmpeg({
    inputOptions: ['-loglevel', 'error', ...inputOptions],
    input,
    outputs,
    timeoutMs,
  });
  checkExit(await run.exited, 'no clip could be cut');
}
