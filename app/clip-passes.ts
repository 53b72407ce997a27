import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../domain/mod.ts';

/** One reading of a clip, from its first frame to its last, possibly over several runs of the program. */
interface ClipPass {
  readonly file: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Capture time given to the clip's first frame. */
  readonly startedAtMs: number;
  readonly finished: boolean;
}

export interface ClipPasses {
  /** The pass that this camera is in: an unfinished or finished one of the same clip, else a new one that starts at `newStartMs`. */
  open(camera: string, clip: string, newStartMs: number): Promise<{ startedAtMs: number; finished: boolean }>;
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
  return {
    async open(camera, clip, newStartMs) {
      const { size: bytes, mtimeMs: modifiedMs } = await readStat(clip);
      const known = passes[camera];
      const isSame = known?.file === clip && known.bytes === bytes && known.modifiedMs === modifiedMs;
      if (known && isSame && !(known.finished && again)) return known;
      const fresh: ClipPass = { file: clip, bytes, modifiedMs, startedAtMs: newStartMs, finished: false };
      passes[camera] = fresh;
      await save();
      return fresh;
    },
    async finish(cameras) {
      for (const camera of cameras) {
        const pass = passes[camera];
        if (pass) passes[camera] = { ...pass, finished: true };
      }
      await save();
    },
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

async function readStat(clip: string): Promise<{ size: number; mtimeMs: number }> {
  return stat(clip).catch((error: unknown) => {
    throw new XunjieError('file_not_found', `${clip}: no such video file`, { cause: error });
  });
}
