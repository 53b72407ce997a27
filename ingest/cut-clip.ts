import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeScratchFolder } from '../platform/mod.ts';
import { probeClip, toFileInput } from './clip-facts.ts';
import { checkExit } from './cut-frame.ts';
import { startFfmpeg } from './ffmpeg.ts';
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
  readonly bytes: Uint8Array;
  /** Time of the first frame in the input's own time base, milliseconds. */
  readonly rawFromMs: number;
  readonly durationMs: number;
}

const timeoutMs = 120_000;
/** Frames come in decoding order: a little beyond the end, so that none before it is lost. */
export const beyondMs = 200;
const playablePixels = new Set(['yuv420p', 'yuvj420p', 'nv12']);

/**
 * An MP4 that begins at the keyframe at or before the wanted start; encoded anew (from the wanted start) only when browsers could not
 * play the stream. Two passes: the first keeps the stream's times, from which the first frame's is read, the second makes them start at 0.
 */
export async function cutClip(cut: ClipCut): Promise<CutClip> {
  const folder = makeScratchFolder('clip');
  try {
    const timed = path.join(folder, 'timed.mkv');
    const final = path.join(folder, 'clip.mp4');
    const playable = cut.codec === 'h264' && playablePixels.has(cut.pixelFormat);
    const seek = ['-ss', Math.max(0, cut.seekS).toFixed(4)];
    await convertFile(cut.input, ['-copyts', ...cut.inputOptions, ...seek], timed, [
      ...words(`-map 0:V:0 -t ${((cut.rawToMs + beyondMs) / 1000).toFixed(4)}`),
      ...(playable ? words('-c copy') : encodeOptions),
      ...words('-avoid_negative_ts disabled -f matroska'),
    ]);
    const { startPtsMs } = await probeClip(timed);
    await convertFile(
      toFileInput(timed),
      words('-protocol_whitelist file'),
      final,
      words('-map 0:V:0 -c copy -movflags +faststart -f mp4'),
    );
    const { durationMs } = await probeClip(final);
    return { bytes: await readFile(final), rawFromMs: startPtsMs, durationMs: durationMs ?? 0 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const encodeOptions = [
  ...words('-filter:v scale=trunc(iw/2)*2:trunc(ih/2)*2 -fps_mode passthrough'),
  ...words('-c:v libx264 -preset veryfast -crf 20 -pix_fmt yuv420p -threads 1'),
];

/** One bounded run of ffmpeg from file to file. Rejects with `ffmpeg_failed`. */
export async function convertFile(
  input: string,
  inputOptions: readonly string[],
  target: string,
  options: readonly string[],
): Promise<void> {
  const run = startFfmpeg({
    inputOptions: ['-loglevel', 'error', ...inputOptions],
    input,
    outputs: [{ target, options }],
    timeoutMs,
  });
  checkExit(await run.exited, 'no clip could be cut');
}
