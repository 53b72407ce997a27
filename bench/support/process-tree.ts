import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all below it have used. */
export interface TreeUse {
  readonly cpuS: number;
  /** Sum of resident sizes; pages shared between processes count in each. */
  readonly rssMb: number;
  /** Sum of proportional sizes: shared pages are divided among those who share them. */
  readonly pssMb: number;
  readonly processes: number;
}

const ticksPerSecond = 100; // USER_HZ, fixed on Linux
const pageBytes = 4096;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuTicks: number;
  readonly rssPages: number;
}

/** Linux only. Processor time includes children that ended and were waited for. */
export function measureTree(root: number): TreeUse {
  const stats = listStats();
  const wanted = new Set([root]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { pid, parent } of stats)
      if (wanted.has(parent) && !wanted.has(pid)) {
        wanted.add(pid);
        grew = true;
      }
  }
  const tree = stats.filter(({ pid }) => wanted.has(pid));
  return {
    cpuS: tree.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) / ticksPerSecond,
    rssMb: toMb(tree.reduce((sum, { rssPages }) => sum + rssPages, 0) * pageBytes),
    pssMb: toMb(tree.reduce((sum, { pid }) => sum + readPssBytes(pid), 0)),
    processes: tree.length,
  };
}

function listStats(): Stat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Stat[] => {
      const text = readText(`/proc/${name}/stat`);
      if (text === null) return [];
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before may hold spaces
      const [parent = 0, ...rest] = fields.slice(1).map(Number);
      const at = (field: number): number => rest[field - 5] ?? 0; // proc(5) numbers the fields from 1; parent is 4
      const cpuTicks = at(14) + at(15) + at(16) + at(17);
      return [{ pid: Number(name), parent, cpuTicks, rssPages: at(24) }];
    });
}

function readPssBytes(pid: number): number {
  const kb = /^Pss:\s+(\d+) kB/m.exec(readText(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
  return Number(kb ?? 0) * 1024;
}

/** `null`: the process has gone meanwhile. */
function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function toMb(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}
