import { mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import { findProcesses, isAlive } from '../lifecycle/process-identity.ts';
import { createLogger } from '../log/logger.ts';
import { type EmbeddedEngine, startEmbeddedPostgres } from './embedded-postgres.ts';

const logger = createLogger('silent');
let dir: string;
let engine: EmbeddedEngine;
beforeAll(async () => {
  dir = await makeTempDir('engine');
  engine = await startEmbeddedPostgres({ dir: path.join(dir, 'postgres'), logger });
}, 120_000);
afterAll(async () => {
  await engine?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function query(text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: engine.url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function findServers(): number[] {
  const keepers = findProcesses('xunjie-keeper');
  return findProcesses(path.join(dir, 'postgres/cluster')).filter((pid) => !keepers.includes(pid));
}

test('it is a real server on loopback with a password of its own', async () => {
  expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
  const url = new URL(engine.url);
  expect(url.hostname).toBe('127.0.0.1');
  expect(url.password.length).toBeGreaterThanOrEqual(20);
  const wrong = new pg.Client({ connectionString: engine.url.replace(url.password, 'wrong') });
  await expect(wrong.connect()).rejects.toThrow(/password/);
  expect((await stat(path.join(dir, 'postgres/password'))).mode & 0o077).toBe(0);
});

test('killed, it comes back by itself with its data', async () => {
  await query('create table kept (n int); insert into kept values (7)');
  const [server] = findServers();
  expect(server).toBeDefined();
  process.kill(server ?? 0, 'SIGKILL');
  let rows: unknown = null;
  for (let attempt = 0; rows === null && attempt < 200; attempt++) {
    rows = await query('select n from kept').catch(() => null);
    if (rows === null) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(rows).toEqual([{ n: 7 }]);
}, 60_000);

test('stopped and started again it has its data, and a stop leaves no process', async () => {
  const servers = findServers();
  await engine.stop();
  expect(servers.filter(isAlive)).toEqual([]);
  engine = await startEmbeddedPostgres({ dir: path.join(dir, 'postgres'), logger });
  expect(await query('select n from kept')).toEqual([{ n: 7 }]);
}, 60_000);

test('a cluster of another major version is refused, not touched', async () => {
  await engine.stop();
  const file = path.join(dir, 'postgres/cluster/PG_VERSION');
  const version = await readFile(file, 'utf8');
  await writeFile(file, '9\n');
  await expect(startEmbeddedPostgres({ dir: path.join(dir, 'postgres'), logger })).rejects.toThrow(
    /is of PostgreSQL 9, the installed one is \d+/,
  );
  await writeFile(file, version);
  engine = await startEmbeddedPostgres({ dir: path.join(dir, 'postgres'), logger });
}, 60_000);

const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot)(
  'below a folder that only root may enter, the cluster lives elsewhere and the data folder links to it',
  async () => {
    const hidden = path.join(dir, 'hidden');
    await mkdir(hidden, { mode: 0o700 });
    const options = { dir: path.join(hidden, 'postgres'), logger };
    const first = await startEmbeddedPostgres(options);
    const place = await realpath(options.dir);
    try {
      expect(place.startsWith('/var/lib/xunjie/data/')).toBe(true);
      await first.stop();
      const second = await startEmbeddedPostgres(options);
      expect(await realpath(options.dir)).toBe(place);
      await second.stop();
    } finally {
      await first.stop();
      await rm(place, { recursive: true, force: true });
    }
  },
  60_000,
);
