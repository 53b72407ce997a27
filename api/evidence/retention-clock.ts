import { toMessage } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { deleteDueEvidence, type RetentionPolicy } from './retention.ts';

const betweenLooksMs = 3_600_000;
/** A console that has just started has more urgent things to do. */
const firstLookMs = 60_000;

/** Looks every hour whether there is evidence whose time is over. What goes wrong is logged and tried again. */
export function startRetention(context: ConsoleContext, policy: RetentionPolicy): { close(): Promise<void> } {
  const { logger } = context;
  let isClosed = false;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      const packages = await deleteDueEvidence(context, policy);
      if (packages > 0) logger.info({ packages }, 'deleted evidence whose time is over');
    } catch (error) {
      logger.error({ error: toMessage(error) }, 'evidence whose time is over could not be deleted');
    }
  };
  const goOn = (): void => {
    looking = look().finally(() => {
      if (!isClosed) timer = setTimeout(goOn, betweenLooksMs);
    });
  };
  let timer = setTimeout(goOn, firstLookMs);
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
