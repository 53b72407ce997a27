import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../domain/mod.ts';

/** What a clip is known again by. */
interface ClipMark {
  readonly file: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** One reading of a clip, from its first frame to its last, possibly over several runs of the program. */
interface ClipPass extends ClipMark {
  /** Capture time given to the clip's first frame. */
  readonly startedAtMs: number;
  readonly finished: boolean;
}

export interface ClipPasses {
  /** The pass that this camera is in: an unfinished or finished one of the same clip, else a new one that starts at `newStartMs`. */
  open(camera: string, clip: string, newStartMs: number): Promise<{ startedAtMs: number; finished: boolean }>;
  /** Whether the clip was read through and is not to be read again; begins no pass. */
  isFinished(camera: string, clip: string): Promise<boolean>;
  finish(cameras: readonly string[]): Promise<void>;
}

/**
 * Remembers in the data folder when each clip's reading began. A clip that is read again after a crash keeps its times, so that its
 * candidates are the same ones; a clip that was read through is not read again, unless `again` is set.
 */
export async function openClipPasses(dataDir: string, again: boolean): Promise<ClipPasses> {
  const file = path.join(dataDir, 'clip-passes.json');
  const passes = await readPasses(file);
  const save = async (): Promise<void> => {
    await writeFile(`${file}.part`, JSON.stringify(passes, null, 2));
    await rename(`${file}.part`, file);
  };
  const findKnown = (camera: string, { file: clip, bytes, modifiedMs }: ClipMark): ClipPass | null => {
    const known = passes[camera];
    const isSame = known?.file === clip && known.bytes === bytes && known.modifiedMs === modifiedMs;
    return known && isSame && !(known.finished && again) ? known : null;
  };
  // cameras begin when they are first asked for, several at once; the file is written by one of them at a time
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    open: (camera, clip, newStartMs) =>
      inTurn(async () => {
        const mark = await readMark(clip);
        const known = findKnown(camera, mark);
        if (known) return known;
        const fresh: ClipPass = { ...mark, startedAtMs: newStartMs, finished: false };
        passes[camera] = fresh;
        await save();
        return fresh;
      }),
    async isFinished(camera, clip) {
      return findKnown(camera, await readMark(clip))?.finished ?? false;
    },
    finish: (cameras) =>
      inTurn(async () => {
        for (const camera of cameras) {
          const pass = passes[camera];
          if (pass) passes[camera] = { ...pass, finished: true };
        }
        await save();
      }),
  };
}

async function readPasses(file: string): Promise<Record<string, ClipPass>> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return {};
  try {
    return JSON.parse(text) as Record<string, ClipPass>;
  } catch (error) {
    throw new XunjieError(
      'bad_config',
      `${file} is broken (${toMessage(error)}); remove it to read the clips anew`,
      { cause: error },
    );
  }
}

async function readMark(clip: string): Promise<ClipMark> {
  const { size, mtimeMs } = await stat(clip).catch((error: unknown) => {
    throw new XunjieError('file_not_found', `${clip}: no such video file`, { cause: error });
  });
  return { file: clip, bytes: size, modifiedMs: mtimeMs };
}
