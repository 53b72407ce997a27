import { XunjieError } from '../../domain/mod.ts';
import { findProcesses, waitForExit } from '../lifecycle/process-identity.ts';
import type { Logger } from '../log/logger.ts';

/**
 * Stops an engine that outlived both us and its keeper and still holds our folder. `commandLinePart` names a path that only an engine of
 * this data folder carries; the caller holds the folder's lock, so no living Xunjie owns it.
 */
export async function stopOrphans(
  name: string,
  binary: string,
  commandLinePart: string,
  logger: Logger,
): Promise<void> {
  for (const pid of findProcesses(`${binary} `).filter((found) =>
    findProcesses(commandLinePart).includes(found),
  )) {
    logger.warn({ pid }, `a ${name} of an earlier run still holds its folder; stopping it`);
    try {
      process.kill(pid, 'SIGINT');
    } catch {
      continue; // it has just ended by itself
    }
    if (!(await waitForExit(pid, 20_000)))
      throw new XunjieError(
        'engine_failed',
        `process ${pid} (${name}) holds ${commandLinePart} and does not stop; end it by hand`,
      );
  }
}
