import { readdirSync, readFileSync } from 'node:fs';

/** Whether a process runs. One that has ended but whose parent has not asked for its exit code yet (a zombie) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const state = readStat(pid)?.[0];
  return state !== 'Z' && state !== 'X';
}

/** Start time of a process in clock ticks since boot, so that a reused pid is told apart; `null` where /proc does not tell. */
export function readStartTicks(pid: number): string | null {
  return readStat(pid)?.[19] ?? null;
}

/** The parent of a process; `null` where /proc does not tell. */
export function readParent(pid: number): number | null {
  const parent = Number(readStat(pid)?.[1]);
  return Number.isInteger(parent) ? parent : null;
}

/** Fields of /proc/<pid>/stat from the state on; the name before it may hold anything. */
function readStat(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** Command line of a process, `null` when it is gone or not readable. */
export function readCommandLine(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return null;
  }
}

/** Processes whose command line holds this text; empty where /proc does not tell. Never ourselves. */
export function findProcesses(commandLinePart: string): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => pid !== process.pid && (readCommandLine(pid) ?? '').includes(commandLinePart));
  } catch {
    return [];
  }
}

/** Waits until a process has gone; `false` when it has not after `timeoutMs`. */
export async function waitForExit(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}
