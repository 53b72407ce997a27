import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { makeFolder } from './make-folder.ts';
import { isAlive, readStartTicks } from './process-identity.ts';

export interface FolderLock {
  release(): void;
}

const maxAttempts = 100;
const retryMs = 10;

interface Holder {
  pid: number;
  startTicks: string | null;
}

/**
 * Makes the data folder when it is missing and takes it for this process. A lock left by a killed process is taken over.
 * Throws `data_folder_unwritable` or `data_folder_in_use`.
 */
export function lockFolder(dir: string): FolderLock {
  const file = path.join(dir, 'lock');
  const mine = `${file}.${process.pid}`;
  const holder: Holder = { pid: process.pid, startTicks: readStartTicks(process.pid) };
  try {
    makeFolder(dir);
    writeFileSync(mine, JSON.stringify(holder), { mode: 0o600 });
  } catch (error) {
    if (error instanceof XunjieError) throw error;
    throw new XunjieError(
      'data_folder_unwritable',
      `cannot write to the data folder ${dir}: ${toMessage(error)}`,
      { cause: error },
    );
  }
  try {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      if (tryLink(mine, file)) return { release: () => releaseLock(file, holder) };
      const other = readHolder(file);
      if (other && isHolding(other))
        throw new XunjieError(
          'data_folder_in_use',
          `the data folder ${dir} is in use by process ${other.pid}; stop it, or give another folder with --data`,
        );
      removeStaleLock(file, mine);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw new XunjieError(
    'data_folder_in_use',
    `the data folder ${dir} is being taken by another process right now`,
  );
}

/**
 * Only who holds the guard may remove a lock, after one more look that it is stale: so nobody removes the lock that another start has
 * just taken.
 */
function removeStaleLock(file: string, mine: string): void {
  const guard = `${file}.takeover`;
  if (!tryLink(mine, guard)) {
    const other = readHolder(guard);
    if (other && !isHolding(other))
      rmSync(guard, { force: true }); // killed in the middle of it
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
    return;
  }
  try {
    const holder = readHolder(file);
    if (!holder || !isHolding(holder)) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/** link(2) either makes the lock whole or fails: no reader ever sees half of it. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new XunjieError('data_folder_unwritable', `cannot lock ${to}: ${toMessage(error)}`, {
      cause: error,
    });
  }
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null; // gone meanwhile, or broken: nobody holds it
  }
}

function isHolding(holder: Holder): boolean {
  return (
    isAlive(holder.pid) && (holder.startTicks === null || readStartTicks(holder.pid) === holder.startTicks)
  );
}

function releaseLock(file: string, mine: Holder): void {
  const holder = readHolder(file);
  if (holder?.pid === mine.pid && holder.startTicks === mine.startTicks) rmSync(file, { force: true });
}
