import { toMessage } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import { type SealingContext, sealEndedDays } from './seal-days.ts';

const betweenLooksMs = 60_000;

/** Looks at once and every minute whether a day has ended that is not sealed. What goes wrong is logged once and tried again. */
export function startSealingDays(context: SealingContext & { readonly logger: Logger }): {
  close(): Promise<void>;
} {
  const { logger } = context;
  let told: string | null = null;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    try {
      const days = await sealEndedDays(context);
      if (days > 0) logger.info({ days }, 'sealed the custody entries of ended days');
      told = null;
    } catch (error) {
      const problem = toMessage(error);
      if (problem !== told && !isClosed) logger.error({ problem }, 'the chain of custody cannot be sealed');
      told = problem;
    }
  };
  const goOn = async (): Promise<void> => {
    await look();
    if (!isClosed)
      timer = setTimeout(() => {
        looking = goOn();
      }, betweenLooksMs);
  };
  let looking = goOn();
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
