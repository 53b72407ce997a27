import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { Logger } from '../log/logger.ts';
import {
  type EngineAccount,
  findEngineAccount,
  placeBinaries,
  placeClusterFolder,
} from './engine-account.ts';
import { findFreePort } from './free-port.ts';
import { stopOrphans } from './orphan.ts';
import { areLibrariesLinked, findPostgresBinaries, type PostgresBinaries, run } from './postgres-binaries.ts';
import { superviseEngine } from './supervised-engine.ts';

export interface EmbeddedEngine {
  /** Connection URL with generated credentials, loopback only. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface EmbeddedEngineOptions {
  /** Folder of this engine alone; made when missing. The caller holds the data folder's lock. */
  readonly dir: string;
  readonly logger: Logger;
  readonly onLost?: (error: XunjieError) => void;
}

interface EmbeddedPostgresOptions extends EmbeddedEngineOptions {
  /** Server settings, by their names in postgresql.conf, beside the built-in ones or in their place. */
  readonly settings?: Readonly<Record<string, string>>;
}

const databaseUser = 'xunjie';
const databaseName = 'xunjie';

/** Starts a real PostgreSQL in a folder, on a free loopback port; makes the cluster at first use and takes over after a crash. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedEngine> {
  const { logger } = options;
  const installed = await findPostgresBinaries();
  if (!(await areLibrariesLinked(installed)))
    throw new XunjieError(
      'engine_missing',
      `the embedded PostgreSQL in ${installed.root} does not start: its library links are missing; run: npm run setup`,
    );
  const account = await findEngineAccount();
  const binaries = account ? await placeBinaries(installed, account, logger) : installed;
  await mkdir(options.dir, { recursive: true });
  const dir = account ? await placeClusterFolder(options.dir, account, logger) : await realpath(options.dir);
  const cluster = path.join(dir, 'cluster');
  const password = await createClusterIfMissing(binaries, account, dir, cluster);
  await checkVersion(binaries, cluster);
  const port = await findFreePort();
  const url = `postgres://${databaseUser}:${password}@127.0.0.1:${port}/${databaseName}`;
  const engine = await superviseEngine({
    name: 'PostgreSQL',
    command: {
      command: binaries.postgres,
      args: [
        '-D',
        cluster,
        '-p',
        String(port),
        ...Object.entries({ ...settings, ...options.settings }).flatMap(([key, value]) => [
          '-c',
          `${key}=${value}`,
        ]),
      ],
      ...account,
      politeSignal: 'INT', // fast shutdown: sessions are ended, a checkpoint is written
      hardSignal: 'QUIT', // immediate shutdown: like a crash, recovered at the next start
      patienceS: 20,
      logFile: path.join(options.dir, 'postgres.log'),
    },
    prepare: async () => {
      await stopOrphans('PostgreSQL', binaries.postgres, cluster, logger);
      await rm(path.join(cluster, 'postmaster.pid'), { force: true });
    },
    probe: () => probeDatabase(url),
    startTimeoutMs: 60_000, // crash recovery may take a while
    logger,
    onLost: options.onLost ?? (() => undefined),
  });
  return { url, stop: () => engine.stop() };
}

/** URL of the server that runs in a folder, from its own notes; `null` when none does. */
export async function readEmbeddedPostgresUrl(dir: string): Promise<string | null> {
  const read = (file: string): Promise<string | null> =>
    readFile(path.join(dir, file), 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error; // not ours to read: the reason is worth more than "none"
    });
  const password = (await read('password'))?.trim();
  const port = (await read('cluster/postmaster.pid'))?.split('\n')[3]?.trim(); // fourth line: the port
  if (!password || !port) return null;
  return `postgres://${databaseUser}:${password}@127.0.0.1:${port}/${databaseName}`;
}

const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '128MB',
  log_min_messages: 'warning',
  timezone: 'UTC',
};

/** Returns the password of the cluster's owner. A half-made cluster never has the final name. */
async function createClusterIfMissing(
  binaries: PostgresBinaries,
  account: EngineAccount | null,
  dir: string,
  cluster: string,
): Promise<string> {
  const passwordFile = path.join(dir, 'password');
  const known = await readFile(passwordFile, 'utf8').catch(() => null);
  if (known !== null && (await readFile(path.join(cluster, 'PG_VERSION'), 'utf8').catch(() => null)) !== null)
    return known.trim();
  const password = randomBytes(18).toString('base64url');
  const unfinished = path.join(dir, 'cluster.new');
  await rm(unfinished, { recursive: true, force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  try {
    await run(
      binaries.initdb,
      [
        '-D',
        unfinished,
        '-U',
        databaseUser,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C.UTF-8',
        '--no-instructions',
      ],
      { ...account, cwd: '/', timeout: 120_000 },
    );
  } catch (error) {
    throw new XunjieError(
      'engine_failed',
      `could not initialise PostgreSQL in ${cluster}: ${toMessage(error).trim().split('\n').at(-1)}`,
      { cause: error },
    );
  }
  await rename(unfinished, cluster);
  return password;
}

async function checkVersion(binaries: PostgresBinaries, cluster: string): Promise<void> {
  const { stdout } = await run(binaries.postgres, ['--version'], { timeout: 10_000 });
  const binaryMajor = /(\d+)/.exec(stdout)?.[1];
  const clusterMajor = (await readFile(path.join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (binaryMajor !== clusterMajor)
    throw new XunjieError(
      'engine_failed',
      `the data in ${cluster} is of PostgreSQL ${clusterMajor}, the installed one is ${binaryMajor}; see docs/operations.md (upgrading)`,
    );
}

async function probeDatabase(url: string): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new pg.Client({
    connectionString: maintenance.href,
    connectionTimeoutMillis: 3000,
    query_timeout: 5000,
  });
  client.on('error', () => undefined); // a lost probe connection is reported by the query itself
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}
