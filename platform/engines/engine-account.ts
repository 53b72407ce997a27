import { createHash } from 'node:crypto';
import { chown, cp, mkdir, readFile, realpath, rename, rm, rmdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { Logger } from '../log/logger.ts';
import { type PostgresBinaries, run } from './postgres-binaries.ts';

/** PostgreSQL refuses to run as root: then it gets a system user of its own. */
export const engineUser = 'xunjie-postgres';

/** Where things go that the engine's user must reach when the project or the data folder lies below a private folder such as /root. */
const sharedRoot = '/var/lib/xunjie';

export interface EngineAccount {
  readonly uid: number;
  readonly gid: number;
}

/** `null` when we are not root and the engine simply runs as us. Makes the system user when it is missing. */
export async function findEngineAccount(): Promise<EngineAccount | null> {
  if (process.getuid?.() !== 0) return null;
  const known = await readAccount();
  if (known) return known;
  try {
    await run(
      'useradd',
      [
        '--system',
        '--user-group',
        '--no-create-home',
        '--home-dir',
        '/nonexistent',
        '--shell',
        '/usr/sbin/nologin',
        engineUser,
      ],
      {
        timeout: 20_000,
      },
    );
  } catch (error) {
    const raced = await readAccount();
    if (raced) return raced;
    throw new XunjieError(
      'engine_failed',
      `PostgreSQL does not run as root and the system user ${engineUser} could not be made (${toMessage(error).trim().split('\n').at(-1)}); start as another user or set DATABASE_URL`,
      { cause: error },
    );
  }
  const made = await readAccount();
  if (!made) throw new XunjieError('engine_failed', `useradd made no user ${engineUser}`);
  return made;
}

async function readAccount(): Promise<EngineAccount | null> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === engineUser);
  return fields ? { uid: Number(fields[2]), gid: Number(fields[3]) } : null;
}

/** Binaries that the engine's user can run: the installed ones, or a copy below /var/lib/xunjie when it cannot reach those. */
export async function placeBinaries(
  binaries: PostgresBinaries,
  account: EngineAccount,
  logger: Logger,
): Promise<PostgresBinaries> {
  if (await canRun(binaries, account)) return binaries;
  const version = createHash('sha256').update(binaries.root).digest('hex').slice(0, 12);
  const root = path.join(sharedRoot, 'postgres-binaries', version);
  const copied: PostgresBinaries = {
    root,
    initdb: path.join(root, 'bin/initdb'),
    postgres: path.join(root, 'bin/postgres'),
  };
  if (await canRun(copied, account)) return copied;
  logger.info(
    { from: binaries.root, to: root },
    `${engineUser} cannot reach the installed PostgreSQL; copying it`,
  );
  const partial = `${root}.${process.pid}.part`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(path.dirname(root), { recursive: true, mode: 0o755 });
  await cp(binaries.root, partial, { recursive: true, verbatimSymlinks: true });
  await rm(root, { recursive: true, force: true });
  await rename(partial, root);
  if (!(await canRun(copied, account)))
    throw new XunjieError(
      'engine_failed',
      `${engineUser} can run PostgreSQL neither from ${binaries.root} nor from ${root}; set DATABASE_URL`,
    );
  return copied;
}

async function canRun(binaries: PostgresBinaries, account: EngineAccount): Promise<boolean> {
  return run(binaries.postgres, ['--version'], { ...account, cwd: '/', timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/**
 * The folder the cluster lives in: `dir` itself, or, when the engine's user cannot reach that, a folder below /var/lib/xunjie to which
 * `dir` becomes a link. Owned by the engine's user either way.
 */
export async function placeClusterFolder(
  dir: string,
  account: EngineAccount,
  logger: Logger,
): Promise<string> {
  await mkdir(dir, { recursive: true });
  const real = await realpath(dir);
  await chown(real, account.uid, account.gid);
  if (await canWrite(real, account)) return real;
  const outside = path.join(sharedRoot, 'data', createHash('sha256').update(real).digest('hex').slice(0, 16));
  try {
    await rmdir(dir);
  } catch (error) {
    throw new XunjieError(
      'engine_failed',
      `${engineUser} cannot reach ${real}, which is not empty; open the way to it or give another folder with --data`,
      {
        cause: error,
      },
    );
  }
  await moveAside(outside, logger);
  await mkdir(path.dirname(outside), { recursive: true, mode: 0o755 });
  await mkdir(outside, { mode: 0o700 });
  await chown(outside, account.uid, account.gid);
  await symlink(outside, dir);
  return outside;
}

async function canWrite(dir: string, account: EngineAccount): Promise<boolean> {
  return run('/bin/sh', ['-c', 'test -w "$1" && test -x "$1"', 'sh', dir], {
    ...account,
    cwd: '/',
    timeout: 10_000,
  }).then(
    () => true,
    () => false,
  );
}

/** Left by a data folder that was deleted since: a new data folder starts empty, and nothing of the old one is destroyed. */
async function moveAside(outside: string, logger: Logger): Promise<void> {
  const kept = `${outside}.left-${Date.now()}`;
  try {
    await rename(outside, kept);
    logger.warn(
      { kept },
      'kept the cluster of a data folder that was deleted; remove it when it is not needed',
    );
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
