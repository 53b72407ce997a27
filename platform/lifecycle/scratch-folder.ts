import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive, readStartTicks } from './process-identity.ts';

/** A path longer than this leaves no room for a socket's: the system takes 107 bytes in all. */
const longestRootBytes = 30;
const namePattern = /^xunjie-of-(\w+)-(\d+)-(\w+)-\w{6}$/;

/** One folder per place, in which all others of this process lie. */
const bases = new Map<string, string>();

/**
 * Makes an empty folder that no other user can enter, for its taker to remove. What a process that was killed left behind is removed by
 * the next one. `use`: `socket`: its path is short enough for a socket of a name of 8 letters.
 */
export function makeScratchFolder(name: string, use: 'files' | 'socket' = 'files'): string {
  const isLong = Buffer.byteLength(tmpdir()) > longestRootBytes;
  const root = use === 'socket' && isLong ? '/tmp' : tmpdir();
  const known = bases.get(root);
  if (known !== undefined) {
    try {
      return mkdtempSync(path.join(known, `${name}-`));
    } catch (error) {
      // Removed under us, as the system does with what lies untouched for days.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  const base = mkdtempSync(path.join(root, toScratchPrefix(process.pid)));
  if (known === undefined) {
    sweepScratch(root);
    process.once('exit', () => removeQuietly(bases.get(root) ?? base));
  }
  bases.set(root, base);
  return mkdtempSync(path.join(base, `${name}-`));
}

/** How the folders of a process begin. */
export function toScratchPrefix(pid: number): string {
  return `xunjie-of-${readNamespace()}-${pid}-${readStartTicks(pid) ?? 'x'}-`;
}

/** Removes the folders of this user's processes that are gone. Those of other containers are left alone: their processes cannot be seen. */
export function sweepScratch(root: string): void {
  for (const name of readdirSync(root)) {
    const [, namespace, pid, ticks] = namePattern.exec(name) ?? [];
    if (namespace !== readNamespace() || isOwned(Number(pid), ticks)) continue;
    const folder = path.join(root, name);
    try {
      const found = lstatSync(folder);
      if (found.isDirectory() && found.uid === process.getuid?.()) removeQuietly(folder);
    } catch {
      // Another process was faster.
    }
  }
}

function isOwned(pid: number, ticks: string | undefined): boolean {
  if (!isAlive(pid)) return false;
  const now = readStartTicks(pid);
  return now === null || ticks === 'x' || now === ticks;
}

/** Of process numbers, which mean nothing in another one; `x` where /proc does not tell. */
function readNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '') || 'x';
  } catch {
    return 'x';
  }
}

/** What cannot be removed is tried again by the next process. */
function removeQuietly(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // See above.
  }
}
