import { toMessage } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';

/** How late an escalation may be. */
const periodMs = 15_000;

export interface TimerRounds {
  start(): void;
  /** Waits for the round under way. */
  stop(): Promise<void>;
}

/** Looks for what is due, one round after the other; a round that fails is told and the next one tries again. */
export function createTimerRounds(run: () => Promise<number>, logger: Logger): TimerRounds {
  let interval: NodeJS.Timeout | null = null;
  let underWay: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    try {
      const done = await run();
      if (done > 0) logger.info({ done }, 'timers of cases were due');
    } catch (error) {
      logger.warn({ error: toMessage(error) }, 'could not look for timers of cases that are due');
    } finally {
      underWay = null;
    }
  };
  const round = (): void => {
    underWay ??= look();
  };
  return {
    start() {
      if (interval !== null) return;
      interval = setInterval(round, periodMs);
      round();
    },
    async stop() {
      if (interval !== null) clearInterval(interval);
      await underWay;
    },
  };
}
