import { readdir, readFile } from 'node:fs/promises';

/** Names of this process's children, from /proc. */
export async function listChildren(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may be gone between the two reads.
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  const found = stats.map((stat) => /^\d+ \((.*)\) (\S) (\d+) /.exec(stat));
  return found.flatMap((row) =>
    Number(row?.[3]) === process.pid && row?.[2] !== 'Z' ? [row?.[1] ?? ''] : [],
  );
}
