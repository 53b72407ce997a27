import path from 'node:path';
import type { XunjieError } from '../domain/mod.ts';
import {
  type EmbeddedEngine,
  type Logger,
  startEmbeddedNats,
  startEmbeddedPostgres,
} from '../platform/mod.ts';

export interface Engines {
  /** `null` when no console runs here. */
  readonly databaseUrl: string | null;
  readonly natsUrl: string;
  /** What was started here, in words. */
  readonly embedded: readonly string[];
  stop(): Promise<void>;
}

export interface EnginesOptions {
  readonly dataDir: string;
  readonly needsDatabase: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly logger: Logger;
  readonly onLost: (error: XunjieError) => void;
}

/** The configured engines, or our own in the data folder where no URL is set. */
export async function startEngines(options: EnginesOptions): Promise<Engines> {
  const { dataDir, environment, logger, onLost } = options;
  const started: { name: string; engine: EmbeddedEngine }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(({ engine }) => engine.stop()));
  };
  const startOwn = async (name: string, start: typeof startEmbeddedNats, folder: string): Promise<string> => {
    const engine = await start({ dir: path.join(dataDir, folder), logger, onLost });
    started.push({ name, engine });
    return engine.url;
  };
  try {
    const [database, nats] = await Promise.allSettled([
      options.needsDatabase
        ? environment['DATABASE_URL'] || startOwn('PostgreSQL', startEmbeddedPostgres, 'postgres')
        : null,
      environment['NATS_URL'] || startOwn('nats-server', startEmbeddedNats, 'nats'),
    ]);
    if (database.status === 'rejected') throw database.reason;
    if (nats.status === 'rejected') throw nats.reason;
    return {
      databaseUrl: database.value,
      natsUrl: nats.value,
      embedded: started.map(({ name }) => name),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
