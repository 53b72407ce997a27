import { existsSync } from 'node:fs';
import path from 'node:path';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import {
  type ClosingStack,
  type Logger,
  lockFolder,
  readEmbeddedNatsUrl,
  readEmbeddedPostgresUrl,
  startEmbeddedNats,
  startEmbeddedPostgres,
} from '../../platform/mod.ts';

export interface DataEnginesOptions {
  readonly dataDir: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logger: Logger;
  readonly closing: ClosingStack;
}

/** Engines of a data folder for one command: those that a running program has, else our own until the command ends. */
export interface DataEngines {
  natsUrl(): Promise<string>;
  databaseUrl(): Promise<string>;
}

interface Engine {
  readonly name: string;
  /** Environment variable that names one to use instead. */
  readonly variable: string;
  readonly folder: string;
  readonly readUrl: typeof readEmbeddedNatsUrl;
  readonly start: typeof startEmbeddedNats;
}

export function openDataEngines(options: DataEnginesOptions): DataEngines {
  const { dataDir, environment, logger, closing } = options;
  let isOurs: boolean | null = null;
  /** Whether the folder is ours now; `false`: a running program holds it, and its engines answer. */
  const take = (): boolean => {
    if (isOurs !== null) return isOurs;
    try {
      const lock = lockFolder(dataDir);
      closing.push('data folder', () => lock.release());
      isOurs = true;
    } catch (error) {
      if (!(error instanceof XunjieError) || error.code !== 'data_folder_in_use') throw error;
      isOurs = false;
    }
    return isOurs;
  };
  const opened = new Map<string, Promise<string>>();
  const open = (engine: Engine): Promise<string> => {
    const url = opened.get(engine.name) ?? openOnce(engine);
    opened.set(engine.name, url);
    return url;
  };
  const openOnce = async (engine: Engine): Promise<string> => {
    const configured = environment[engine.variable];
    if (configured) return configured;
    const dir = path.join(dataDir, engine.folder);
    if (!existsSync(dir))
      throw new XunjieError(
        'file_not_found',
        `${dataDir}: no ${engine.name} of its own in this data folder; give another with --data, or set ${engine.variable}`,
      );
    if (take()) {
      const started = await engine.start({ dir, logger });
      closing.push(engine.name, () => started.stop());
      return started.url;
    }
    const url = await engine.readUrl(dir).catch((error: unknown) => {
      throw new XunjieError('data_folder_in_use', `${dataDir}: ${engine.name}: ${toMessage(error)}`, {
        cause: error,
      });
    });
    if (url !== null) return url;
    throw new XunjieError(
      'data_folder_in_use',
      `${dataDir} is in use by a program that runs no ${engine.name} of its own; set ${engine.variable} as it does`,
    );
  };
  return {
    natsUrl: () =>
      open({
        name: 'nats-server',
        variable: 'NATS_URL',
        folder: 'nats',
        readUrl: readEmbeddedNatsUrl,
        start: startEmbeddedNats,
      }),
    databaseUrl: () =>
      open({
        name: 'PostgreSQL',
        variable: 'DATABASE_URL',
        folder: 'postgres',
        readUrl: readEmbeddedPostgresUrl,
        start: startEmbeddedPostgres,
      }),
  };
}
