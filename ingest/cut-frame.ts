import { XunjieError } from '../domain/mod.ts';
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
 * `null` when the stretch read has no frame of that time. Rejects with `ffmpeg_failed`.
 */
export async function cutFrame(cut: FrameCut): Promise<Uint8Array | null> {
  const [from, to, end] = [-toleranceMs, toleranceMs, readPastMs].map((ms) =>
    ((cut.rawPtsMs + ms) / 1000).toFixed(5),
  );
  const collected = collectBytes(maxPngBytes);
  const run = startFfmpeg({
    inputOptions: [...words('-loglevel error -copyts -threads 1'), ...cut.inputOptions],
    input: cut.input,
    outputs: [
      {
        target: collected.bytes,
        options: [
          ...words('-map 0:V:0 -filter:v'),
          // By the pictures' own times: a length (`-t`) counts from the keyframe before the place that was sought.
          `trim=end=${end},select='between(t,${from},${to})'`,
          ...words('-frames:v 1 -fps_mode passthrough -threads 1'),
          ...words(`${pngOptions} -f image2pipe`),
        ],
      },
    ],
    timeoutMs,
  });
  const exit = await run.exited;
  const png = await collected.finished;
  checkExit(exit, 'no frame could be read');
  return png.length === 0 ? null : png;
}

/** Turns a run that did not end well into the error that the caller reports. */
export function checkExit(exit: FfmpegExit, what: string): void {
  if (exit.kind === 'missing') throw new XunjieError('engine_missing', exit.reason);
  if (exit.kind !== 'ended') throw new XunjieError('ffmpeg_failed', `${what}: ${exit.reason || exit.kind}`);
}
