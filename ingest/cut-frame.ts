import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { XunjieError } from '../domain/mod.ts';
import { makeScratchFolder } from '../platform/mod.ts';
import { collectBytes } from './collect-bytes.ts';
import { type FfmpegExit, startFfmpeg } from './ffmpeg.ts';
import { words } from './words.ts';

export interface FrameCut {
  readonly input: string;
  /** Options before the input: protocols, where to begin. */
  readonly inputOptions: readonly string[];
  /** Time of the wanted frame in the input's own time base, milliseconds. */
  readonly rawPtsMs: number;
}

const timeoutMs = 60_000;
const maxPngBytes = 128 << 20;
/** A frame's time is known to the nearest millisecond. */
const toleranceMs = 0.6;
/** How far past the wanted frame is read before it counts as absent: pictures may come a little out of order. */
const readPastMs = 2000;

/** Measured on 1080p streets: half the time of the default, which predicts nothing, and a fifth smaller. */
const pngOptions = '-c:v png -compression_level 1 -pred up';

/**
 * The one frame whose time is the wanted one, full resolution, as PNG (lossless: an original must not lose what the stream held);
 * `null` when the stretch read has no frame of that time. Rejects with `ffmpeg_failed` or, when it was killed or not done in time, with
 * `ffmpeg_interrupted`.
 */
export async function cutFrame(cut: FrameCut): Promise<Uint8Array | null> {
  const collected = collectBytes(maxPngBytes);
  const run = startFfmpeg({
    inputOptions: ['-loglevel', 'error', ...toInputOptions(cut)],
    input: cut.input,
    outputs: [{ target: collected.bytes, options: [...toFrameOptions(cut, 0), ...words('-f image2pipe')] }],
    timeoutMs,
  });
  const exit = await run.exited;
  const png = await collected.finished;
  checkExit(exit, 'no frame could be read');
  return png.length === 0 ? null : png;
}

/**
 * The same for several frames in one run: to start ffmpeg costs as much as to read a frame with it. Rejects with `ffmpeg_failed` when one
 * of them cannot be read.
 */
export async function cutFrames(cuts: readonly FrameCut[]): Promise<(Uint8Array | null)[]> {
  const last = cuts.at(-1);
  if (last === undefined) return [];
  const folder = makeScratchFolder('frames');
  try {
    const files = cuts.map((_, index) => path.join(folder, `${index}.png`));
    const before = cuts.slice(0, -1).flatMap((cut) => [...toInputOptions(cut), '-i', cut.input]);
    const run = startFfmpeg({
      inputOptions: ['-loglevel', 'error', ...before, ...toInputOptions(last)],
      input: last.input,
      outputs: cuts.map((cut, index) => ({
        target: files[index] as string,
        options: [...toFrameOptions(cut, index), ...words('-f image2 -update 1')],
      })),
      timeoutMs,
    });
    checkExit(await run.exited, 'no frames could be read');
    return await Promise.all(files.map(readPng));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function toInputOptions({ inputOptions }: FrameCut): string[] {
  return [...words('-copyts -threads 1'), ...inputOptions];
}

function toFrameOptions({ rawPtsMs }: FrameCut, input: number): string[] {
  const [from, to, end] = [-toleranceMs, toleranceMs, readPastMs].map((ms) =>
    ((rawPtsMs + ms) / 1000).toFixed(5),
  );
  return [
    ...words(`-map ${input}:V:0 -filter:v`),
    // By the pictures' own times: a length (`-t`) counts from the keyframe before the place that was sought.
    `trim=end=${end},select='between(t,${from},${to})'`,
    ...words('-frames:v 1 -fps_mode passthrough -threads 1'),
    ...words(pngOptions),
  ];
}

/** `null` where the run wrote none. */
async function readPng(file: string): Promise<Uint8Array | null> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > maxPngBytes) throw new XunjieError('ffmpeg_failed', `a picture of ${size} bytes`);
  return size === 0 ? null : readFile(file);
}

/** Turns a run that did not end well into the error that the caller reports. */
export function checkExit(exit: FfmpegExit, what: string): void {
  if (exit.kind === 'missing') throw new XunjieError('engine_missing', exit.reason);
  // Killed, or starved of processor time: that says nothing about what it read.
  if (exit.kind === 'killed' || exit.kind === 'timed_out')
    throw new XunjieError('ffmpeg_interrupted', `${what}: ${exit.reason || exit.kind}`);
  if (exit.kind !== 'ended') throw new XunjieError('ffmpeg_failed', `${what}: ${exit.reason || exit.kind}`);
}
