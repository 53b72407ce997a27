import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * Makes the thread that calls it nicer than the rest of its process. Linux knows a priority for each thread, by the thread's own number;
 * where there is none the thread works as it is.
 */
export function lowerThreadPriority(by: number): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, Math.min(19, getPriority(thread) + by));
  } catch {
    // not Linux, or not allowed
  }
}
