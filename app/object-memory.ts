import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseStationaryMemory, type StationaryDetector, type StationaryMemory } from '../detector/mod.ts';
import { toMessage } from '../domain/mod.ts';
import { type Logger, makeFolder } from '../platform/mod.ts';

/** What is known of one camera's ground and of what stands on it, kept in a file from one run to the next. */
export interface ObjectMemory {
  /** What the run before knew. */
  readonly found: StationaryMemory | null;
  /** To be called after each sample: writes what is known each minute. Never throws. */
  note(objects: StationaryDetector): void;
  /** Writes what is known now; resolves when it is on disk or could not be written. */
  keep(objects: StationaryDetector): Promise<void>;
}

const keepEveryMs = 60_000;

/** A file that is broken is set aside and said so: the ground is learned anew. */
export async function openObjectMemory(
  file: string,
  logger: Logger,
  clock: () => number = () => performance.now(),
): Promise<ObjectMemory> {
  const found = await readMemoryFile(file, logger);
  let keptAtMs = Number.NEGATIVE_INFINITY;
  let isBusy = false;
  let writing: Promise<void> = Promise.resolve();
  let failure = '';

  const write = async (memory: StationaryMemory): Promise<void> => {
    isBusy = true;
    try {
      makeFolder(path.dirname(file));
      // Beside the old one and moved into its place: a crash leaves one or the other, whole.
      await writeFile(`${file}.part`, JSON.stringify(memory), { flush: true });
      await rename(`${file}.part`, file);
      failure = '';
    } catch (error) {
      const why = toMessage(error);
      if (why !== failure)
        logger.error(
          { file, error: why },
          'what stands in the zones cannot be kept: after a restart it counts as ground',
        );
      failure = why;
    }
    isBusy = false;
  };
  const save = (objects: StationaryDetector): void => {
    const memory = objects.readMemory();
    if (memory === null) return; // the older one is better than none
    keptAtMs = clock();
    writing = writing.then(() => write(memory));
  };
  return {
    found,
    note(objects) {
      if (!isBusy && clock() - keptAtMs >= keepEveryMs) save(objects);
    },
    keep(objects) {
      save(objects);
      return writing;
    },
  };
}

async function readMemoryFile(file: string, logger: Logger): Promise<StationaryMemory | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      logger.error({ file, error: toMessage(error) }, 'what stood in the zones cannot be read');
    return null;
  }
  try {
    return parseStationaryMemory(text);
  } catch (error) {
    await rename(file, `${file}.broken`).catch(() => undefined); // the log line below says what is lost
    logger.error(
      { file: `${file}.broken`, error: toMessage(error) },
      'what stood in the zones is broken; it is set aside, and the ground is learned anew',
    );
    return null;
  }
}
