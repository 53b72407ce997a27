import { toMessage } from '../domain/mod.ts';
import type { Logger } from '../platform/mod.ts';

export interface RepeatedWork {
  /** What it is, for the log. */
  readonly name: string;
  /** 0: at once. */
  readonly firstMs: number;
  /** From the end of one turn to the beginning of the next. */
  readonly everyMs: number;
  /** Resolves to how many things it has dealt with. */
  readonly work: () => Promise<number>;
}

export interface Repeating {
  /** Waits for the turn under way. */
  close(): Promise<void>;
}

/**
 * Does something again and again, never twice at once. What goes wrong is tried again; the same problem is logged once until a turn
 * has gone well.
 */
export function startRepeating({ name, firstMs, everyMs, work }: RepeatedWork, logger: Logger): Repeating {
  let isClosed = false;
  let told: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      const done = await work();
      if (done > 0) logger.info({ done }, name);
      told = null;
    } catch (error) {
      const problem = toMessage(error);
      if (problem !== told) logger.error({ error: problem }, `${name}: failed, tried again`);
      told = problem;
    }
  };
  const goOn = (): void => {
    working = look().finally(() => {
      if (!isClosed) timer = setTimeout(goOn, everyMs);
    });
  };
  if (firstMs === 0) goOn();
  else timer = setTimeout(goOn, firstMs);
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await working;
    },
  };
}
