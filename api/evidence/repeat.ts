import { toMessage } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';

export interface RepeatedWork {
  /** What it is, for the log. */
  readonly name: string;
  readonly firstMs: number;
  readonly everyMs: number;
  /** Resolves to how many packages it has dealt with. */
  readonly work: () => Promise<number>;
}

/** Does something again and again, never twice at once. What goes wrong is logged and tried again. */
export function startRepeating(
  { name, firstMs, everyMs, work }: RepeatedWork,
  logger: Logger,
): { close(): Promise<void> } {
  let isClosed = false;
  let working: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      const packages = await work();
      if (packages > 0) logger.info({ packages }, name);
    } catch (error) {
      logger.error({ error: toMessage(error) }, `${name}: failed, tried again`);
    }
  };
  const goOn = (): void => {
    working = look().finally(() => {
      if (!isClosed) timer = setTimeout(goOn, everyMs);
    });
  };
  let timer = setTimeout(goOn, firstMs);
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await working;
    },
  };
}
