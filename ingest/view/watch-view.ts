import { toMessage, type ViewHealth, type ViewProblem } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import { createViewCheck, type ViewSample } from './view-check.ts';
import { readViewFile, writeViewFile } from './view-file.ts';

/** Watches one camera's view and keeps what it has learned in a file. */
export interface ViewWatch {
  /** Never throws: a camera goes on when its view cannot be judged. */
  observe(sample: ViewSample): ViewHealth;
  /**
   * The view that is seen from now on is the right one. `acceptedAtMs` is when somebody said so; the same or an earlier word again,
   * as after a restart, changes nothing.
   */
  accept(acceptedAtMs: number): void;
  /** Resolves when what was learned is on disk. */
  close(): Promise<void>;
}

/** A frame's part in it. */
export function toFrameView({ problem }: ViewHealth): { readonly view?: ViewProblem } {
  return problem === null ? {} : { view: problem };
}

/** `file`: where the view is kept from one run to the next; `null`: nowhere. */
export async function openViewWatch(camera: string, file: string | null, logger: Logger): Promise<ViewWatch> {
  const kept = file === null ? null : await readViewFile(file, logger);
  const check = createViewCheck(kept?.memory ?? null);
  let acceptedAtMs = kept?.acceptedAtMs ?? 0;
  let failure = '';
  let writing: Promise<void> = Promise.resolve();
  let waiting = false;

  const write = async (to: string): Promise<void> => {
    waiting = false;
    const memory = check.readMemory();
    if (memory === null) return;
    try {
      await writeViewFile(to, { memory, acceptedAtMs });
    } catch (error) {
      complain(error, 'the reference view cannot be kept: a move while the program is off goes unseen');
    }
  };
  const complain = (error: unknown, what: string): void => {
    const why = toMessage(error);
    if (why !== failure) logger.error({ camera, error: why }, what);
    failure = why;
  };
  const save = (): void => {
    if (file === null || waiting) return;
    waiting = true;
    writing = writing.then(() => write(file));
  };
  return {
    observe(sample) {
      try {
        const health = check.observe(sample);
        if (check.takeNews()) save();
        return health;
      } catch (error) {
        complain(error, 'the view could not be judged');
        return check.read();
      }
    },
    accept(atMs) {
      if (atMs <= acceptedAtMs) return;
      acceptedAtMs = atMs;
      check.acceptView();
      logger.info({ camera }, 'the view is accepted: the reference is learned anew');
      save();
    },
    async close() {
      save();
      await writing;
    },
  };
}
