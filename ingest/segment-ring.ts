import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../domain/mod.ts';
import type { RingOptions } from './camera.ts';

/** One recorded file; its times are in the connection's own time base. */
export interface Segment {
  readonly file: string;
  readonly bytes: number;
  /** Where the next one begins; `null` while it is written, and for the last one of a killed process. */
  readonly endRawMs: number | null;
  readonly writtenAtMs: number;
}

/** All that one connection to a camera recorded, in order, without gaps. */
export interface RingConnection {
  readonly dir: string;
  /** `ptsMs = round(rawMs) + offsetMs`; `null`: ended before its time was anchored, so that nothing of it can be asked for. */
  readonly offsetMs: number | null;
  readonly segments: readonly Segment[];
}

export const segmentPattern = '%08d.mkv';
export const segmentListName = 'segments.csv';
/** A new folder is empty for a while before it is known to be in use. */
const emptyForMs = 60_000;
const anchorName = 'anchor.json';

/** A new folder for a connection's segments. Rejects with `source_failed` when it cannot be made. */
export async function makeConnectionFolder(ringDir: string): Promise<string> {
  for (let at = Date.now(); ; at++) {
    const dir = path.join(ringDir, String(at).padStart(14, '0'));
    try {
      await mkdir(ringDir, { recursive: true });
      await mkdir(dir);
      return dir;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new XunjieError('source_failed', `cannot record to ${ringDir}: ${toMessage(error)}`, {
        cause: error,
      });
    }
  }
}

/** Ties a connection's folder to the clock. Written whole or not at all. */
export async function writeAnchor(dir: string, offsetMs: number): Promise<void> {
  const file = path.join(dir, anchorName);
  await writeFile(`${file}.part`, JSON.stringify({ v: 1, offsetMs }));
  await rename(`${file}.part`, file);
}

/** Everything in the ring, oldest connection first, read from disk alone: what a killed process left is there. */
export async function listConnections(ringDir: string): Promise<RingConnection[]> {
  const names = await readNames(ringDir);
  const dirs = names.filter((name) => /^\d{14,}$/.test(name)).toSorted();
  return Promise.all(dirs.map((name) => readConnection(path.join(ringDir, name))));
}

/** Deletes what is too old or too much, oldest first, and empty folders. In a folder in use the newest segment is being written. */
export async function pruneRing(
  ring: RingOptions,
  nowMs: number,
  isInUse: (dir: string) => boolean,
): Promise<void> {
  const connections = await listConnections(ring.dir);
  let total = connections.flatMap(({ segments }) => segments).reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { dir, segments } of connections) {
    const deletable = isInUse(dir) ? segments.slice(0, -1) : segments;
    let deleted = 0;
    for (const { file, bytes, writtenAtMs } of deletable) {
      if (nowMs - writtenAtMs <= ring.maxAgeMs && total <= ring.maxBytes) break;
      await rm(file, { force: true });
      total -= bytes;
      deleted++;
    }
    const isYoung = nowMs - Number(path.basename(dir)) < emptyForMs;
    if (deleted === segments.length && !isYoung && !isInUse(dir))
      await rm(dir, { recursive: true, force: true });
  }
}

/** The latest stream time that the ring may hold; -Infinity for an empty ring. */
export function toRingEndMs(connections: readonly RingConnection[]): number {
  const ends = connections.flatMap(({ offsetMs, segments }) =>
    offsetMs === null
      ? []
      : segments.map(({ endRawMs, writtenAtMs }) =>
          endRawMs === null ? writtenAtMs : Math.ceil(endRawMs) + offsetMs,
        ),
  );
  return Math.max(Number.NEGATIVE_INFINITY, ...ends);
}

async function readConnection(dir: string): Promise<RingConnection> {
  const names = (await readNames(dir)).filter((name) => /^\d+\.mkv$/.test(name)).toSorted();
  const ends = await readEnds(path.join(dir, segmentListName));
  const segments = await Promise.all(
    names.map(async (name): Promise<Segment[]> => {
      const file = path.join(dir, name);
      const found = await ignoreMissing(stat(file));
      if (found === null) return []; // pruned meanwhile
      return [{ file, bytes: found.size, endRawMs: ends.get(name) ?? null, writtenAtMs: found.mtimeMs }];
    }),
  );
  const anchor = await ignoreMissing(readFile(path.join(dir, anchorName), 'utf8'));
  const offsetMs = anchor === null ? null : (JSON.parse(anchor) as { offsetMs: number }).offsetMs;
  return { dir, offsetMs, segments: segments.flat() };
}

/** ffmpeg's list of finished segments: name, start, end. The start is not used: the first segment's is wrong. */
async function readEnds(listFile: string): Promise<Map<string, number>> {
  const text = (await ignoreMissing(readFile(listFile, 'utf8'))) ?? '';
  const rows = text.split('\n').map((line) => line.split(','));
  return new Map(
    rows.filter((row) => row.length === 3).map(([name = '', , end]) => [name, Number(end) * 1000]),
  );
}

async function readNames(dir: string): Promise<string[]> {
  return (await ignoreMissing(readdir(dir))) ?? [];
}

async function ignoreMissing<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
