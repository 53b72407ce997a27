import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { createLogger, startEmbeddedPostgres } from '../../platform/mod.ts';

export interface TestPostgres {
  /** Makes an empty database of its own and returns its URL. */
  createDatabase(): Promise<string>;
  /** Stops the server if it was started here, else drops the databases made on it. */
  stop(): Promise<void>;
}

/** A real PostgreSQL: the one of XUNJIE_TEST_DATABASE_URL (whose user may create databases), else an embedded one in a temporary folder. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const given = process.env['XUNJIE_TEST_DATABASE_URL'];
  const server = given === undefined ? await startServer() : { url: given, stop: async () => undefined };
  const names: string[] = [];
  return {
    async createDatabase() {
      const name = `xunjie_test_${randomBytes(6).toString('hex')}`;
      await runOnServer(server.url, `create database ${name}`);
      names.push(name);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    async stop() {
      // A server of our own goes as a whole; dropping a database can wait a minute for another backend's nap.
      if (given !== undefined)
        for (const name of names)
          await runOnServer(server.url, `drop database if exists ${name} with (force)`);
      await server.stop();
    },
  };
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-test-postgres-'));
  // As root, the server runs as a user of its own, which must be able to get here.
  await chmod(dir, 0o755);
  const engine = await startEmbeddedPostgres({ dir: path.join(dir, 'server'), logger: createLogger('warn') });
  return {
    url: engine.url,
    async stop() {
      await engine.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
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
