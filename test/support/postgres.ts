import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { createLogger, type EmbeddedEngine, startEmbeddedPostgres } from '../../platform/mod.ts';

/** Where test files ask for the server that they share. */
export const brokerVariable = 'XUNJIE_TEST_POSTGRES_BROKER';

export interface TestPostgres {
  /** Makes an empty database of its own and returns its URL. */
  createDatabase(): Promise<string>;
  /** Stops the server if it was started here; drops the databases made on one of XUNJIE_TEST_DATABASE_URL. */
  stop(): Promise<void>;
}

export interface TestPostgresOptions {
  /** Not the server that all files share: for tests that make roles, count connections or stop it. */
  readonly own?: boolean;
}

/**
 * A real PostgreSQL: the one of XUNJIE_TEST_DATABASE_URL (whose user may create databases), else the one that the files of a test run
 * share, else (outside a test run, or when asked for) one of its own in a temporary folder.
 */
export async function startTestPostgres({ own = false }: TestPostgresOptions = {}): Promise<TestPostgres> {
  const given = process.env['XUNJIE_TEST_DATABASE_URL'];
  if (given !== undefined) {
    const names: string[] = [];
    return {
      createDatabase: () => createDatabase(given, names),
      async stop() {
        for (const name of names) await runOnServer(given, `drop database if exists ${name} with (force)`);
      },
    };
  }
  const broker = process.env[brokerVariable];
  if (broker !== undefined && !own) {
    const url = await askBroker(broker);
    // The server goes as a whole at the end of the run; dropping a database can wait a minute for another backend's nap.
    return { createDatabase: () => createDatabase(url), stop: async () => undefined };
  }
  const server = await startServer();
  return { createDatabase: () => createDatabase(server.url), stop: () => server.stop() };
}

/** An embedded server in a temporary folder, which goes when it is stopped. */
export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<EmbeddedEngine> {
  const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-test-postgres-'));
  // As root, the server runs as a user of its own, which must be able to get here.
  await chmod(dir, 0o755);
  const engine = await startEmbeddedPostgres({
    dir: path.join(dir, 'server'),
    settings,
    logger: createLogger('warn'),
  });
  return {
    url: engine.url,
    async stop() {
      await engine.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function createDatabase(serverUrl: string, names: string[] = []): Promise<string> {
  const name = `xunjie_test_${randomBytes(6).toString('hex')}`;
  await runOnServer(serverUrl, `create database ${name}`);
  names.push(name);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function askBroker(broker: string): Promise<string> {
  const response = await fetch(broker, { signal: AbortSignal.timeout(60_000) });
  const answer = await response.text();
  if (!response.ok) throw new Error(`the tests' PostgreSQL does not start: ${answer}`);
  return answer;
}

async function runOnServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
