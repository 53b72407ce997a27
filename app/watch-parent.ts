import { readParent } from '../platform/mod.ts';

/**
 * Under npm a hard kill of npm leaves us running without an owner. npm starts us through a shell that lives on, so the shell's own
 * parent is watched too. Calls back once when either has gone. Returns a function that stops watching.
 */
export function watchParent(onGone: () => void, intervalMs = 500): () => void {
  const parent = process.ppid;
  const grandparent = readParent(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && readParent(parent) === grandparent) return;
    clearInterval(timer);
    onGone();
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
