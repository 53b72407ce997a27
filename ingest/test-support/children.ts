import { readdir, readFile, readlink } from 'node:fs/promises';

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

/** Numbers of the ffmpegs that have a connection to this port of the loopback interface. */
export async function findFfmpegsOf(port: number): Promise<number[]> {
  const table = await readFile('/proc/net/tcp', 'utf8');
  const sockets = new Set(
    table.split('\n').flatMap((line) => {
      const [, , remote = '', state, , , , , , inode] = line.trim().split(/\s+/);
      const isOurs = state === '01' && Number.parseInt(remote.split(':')[1] ?? '', 16) === port;
      return isOurs ? [`socket:[${inode}]`] : [];
    }),
  );
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // A process may be gone between the reads.
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (name.trim() !== 'ffmpeg') continue;
    const files = await readdir(`/proc/${pid}/fd`).catch(() => [] as string[]);
    const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
    if (links.some((link) => sockets.has(link))) found.push(Number(pid));
  }
  return found;
}
