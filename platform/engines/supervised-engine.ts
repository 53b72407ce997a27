import { readFile } from 'node:fs/promises';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { Logger } from '../log/logger.ts';
import { type KeptCommand, type KeptProcess, startKept } from './keeper.ts';

export interface EngineOptions {
  readonly name: string;
  readonly command: KeptCommand;
  /** Runs before every start. */
  readonly prepare: () => Promise<void>;
  /** Rejects while the engine does not answer yet. */
  readonly probe: () => Promise<void>;
  readonly startTimeoutMs: number;
  readonly logger: Logger;
  /** Called when it died and could not be brought back. */
  readonly onLost: (error: XunjieError) => void;
}

export interface Engine {
  stop(): Promise<void>;
}

const maxRestartsPerMinute = 5;

/** Starts an engine, waits until it answers, and starts it again when it dies by itself: at most five times a minute. */
export async function superviseEngine(options: EngineOptions): Promise<Engine> {
  let stopping = false;
  const restarts: number[] = [];
  let current = await startOnce(options);
  const watch = async (): Promise<void> => {
    for (;;) {
      const code = await current.exited;
      if (stopping) return;
      const now = Date.now();
      restarts.push(now);
      while ((restarts[0] ?? now) < now - 60_000) restarts.shift();
      options.logger.error({ engine: options.name, code }, 'engine died; starting it again');
      try {
        if (restarts.length > maxRestartsPerMinute)
          throw await toEngineError(options, `died ${restarts.length} times in a minute`);
        current = await startOnce(options);
        if (stopping) await current.stop(); // asked to stop while it was coming back
      } catch (error) {
        options.onLost(
          error instanceof XunjieError
            ? error
            : new XunjieError('engine_failed', toMessage(error), { cause: error }),
        );
        return;
      }
    }
  };
  const watching = watch();
  return {
    async stop() {
      stopping = true;
      await current.stop();
      await watching;
    },
  };
}

async function startOnce(options: EngineOptions): Promise<KeptProcess> {
  await options.prepare();
  const process = startKept(options.command);
  const deadline = Date.now() + options.startTimeoutMs;
  for (;;) {
    if (!process.isRunning())
      throw await toEngineError(options, `ended at once with code ${await process.exited}`);
    try {
      await options.probe();
      return process;
    } catch (error) {
      if (Date.now() > deadline) {
        await process.stop();
        throw await toEngineError(
          options,
          `did not answer within ${options.startTimeoutMs / 1000} s (${toMessage(error)})`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

async function toEngineError(options: EngineOptions, what: string): Promise<XunjieError> {
  const log = await readFile(options.command.logFile, 'utf8').catch(() => '');
  const lastLine = log.trim().split('\n').at(-1) ?? '';
  return new XunjieError(
    'engine_failed',
    `embedded ${options.name} ${what}; last line of ${options.command.logFile}: ${lastLine || '(empty)'}`,
  );
}
