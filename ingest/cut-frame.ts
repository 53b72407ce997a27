import { Writable } from 'node:stream';
import { XunjieError } from '../domain/mod.ts';
import { type FfmpegExit, startFfmpeg } from './ffmpeg.ts';
import { words } from './words.ts';

export interface FrameCut {
  readonly input: string;
  /** Options before the input: protocols, where to begin, how far to read. */
  readonly inputOptions: readonly string[];
  /** Time of the wanted frame in the input's own time base, milliseconds. */
  readonly rawPtsMs: number;
}

const timeoutMs = 60_000;
const maxBytes = 128 * 1024 * 1024;
/** A frame's time is known to the nearest millisecond. */
const toleranceMs = 0.6;

/**
 * The one frame whose time is the wanted one, full resolution, as PNG (lossless: an original must not lose what the stream held);
 * `null` when the stretch read has no frame of that time. Rejects with `ffmpeg_failed`.
 */
export async function cutFrame(cut: FrameCut): Promise<Uint8Array | null> {
  const [from, to] = [cut.rawPtsMs - toleranceMs, cut.rawPtsMs + toleranceMs].map((ms) =>
    (ms / 1000).toFixed(5),
  );
  const collected = collectBytes();
  const run = startFfmpeg({
    inputOptions: [...words('-loglevel error -copyts -threads 1'), ...cut.inputOptions],
    input: cut.input,
    outputs: [
      {
        target: collected.bytes,
        options: [
          ...words('-map 0:V:0 -filter:v'),
          `select='between(t,${from},${to})'`,
          ...words('-frames:v 1 -fps_mode passthrough -threads 1 -c:v png -f image2pipe'),
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

function collectBytes(): { bytes: Writable; finished: Promise<Uint8Array> } {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const bytes = new Writable({
    autoDestroy: false,
    emitClose: false,
    write(chunk: Uint8Array, _encoding, done) {
      length += chunk.length;
      chunks.push(chunk);
      done(length > maxBytes ? new Error(`a frame of more than ${maxBytes} bytes`) : null);
    },
  });
  const finished = new Promise<Uint8Array>((resolve) => {
    bytes.on('finish', () => resolve(Buffer.concat(chunks)));
    // The library ends the run with this error; the exit tells it.
    bytes.on('error', () => resolve(new Uint8Array()));
  });
  return { bytes, finished };
}
