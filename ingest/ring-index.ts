import { open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** One recorded file; its times are in the connection's own time base. */
export interface Segment {
  readonly file: string;
  /** Its place in the connection, from 0: a missing number is a pruned segment. */
  readonly number: number;
  readonly bytes: number;
  /** `null`: not known, as of a connection's first one, and of one that is still written. */
  readonly startRawMs: number | null;
  /** Where the next one begins; `null` while it is written, and for the last one of a killed process. */
  readonly endRawMs: number | null;
  readonly writtenAtMs: number;
}

/** All that one connection to a camera recorded and that is still there, in order. */
export interface RingConnection {
  readonly dir: string;
  /** When it began, by this machine's clock. */
  readonly startedAtMs: number;
  /** `ptsMs = round(rawMs) + offsetMs`; `null`: not anchored (yet), so that nothing of it can be asked for. */
  readonly offsetMs: number | null;
  /** From here on the stream had another picture size or codec than the recording was begun with: no clip goes further. */
  readonly changedAtRawMs: number | null;
  readonly segments: readonly Segment[];
}

export const segmentPattern = '%08d.mkv';
export const segmentListName = 'segments.csv';
const anchorName = 'anchor.json';
const changeName = 'change.json';

/** A connection's entry while it is kept in memory. */
export interface IndexedConnection {
  readonly dir: string;
  readonly startedAtMs: number;
  offsetMs: number | null;
  changedAtRawMs: number | null;
  segments: Segment[];
  /** How much of ffmpeg's list has been read. */
  listedBytes: number;
  /** Number of the first segment that the list does not have. */
  nextNumber: number;
}

export function indexConnection(dir: string): IndexedConnection {
  const startedAtMs = Number(path.basename(dir));
  return {
    dir,
    startedAtMs,
    offsetMs: null,
    changedAtRawMs: null,
    segments: [],
    listedBytes: 0,
    nextNumber: 0,
  };
}

/**
 * Everything in the ring, oldest connection first, read from disk alone: what a killed process left is there. What was begun at a time
 * still to come is of a clock that ran ahead and was set right since: it is older than what the right clock names.
 */
export async function scanRing(ringDir: string, nowMs = Date.now()): Promise<IndexedConnection[]> {
  const names = (await ignoreMissing(readdir(ringDir))) ?? [];
  const found: IndexedConnection[] = [];
  for (const name of names.filter((each) => /^\d{14,}$/.test(each)).toSorted())
    found.push(await scanConnection(path.join(ringDir, name)));
  const isAhead = ({ startedAtMs }: IndexedConnection): boolean => startedAtMs > nowMs + clockSlackMs;
  return [...found.filter(isAhead), ...found.filter((one) => !isAhead(one))];
}

async function scanConnection(dir: string): Promise<IndexedConnection> {
  const connection = indexConnection(dir);
  const names = (await ignoreMissing(readdir(dir))) ?? [];
  const present = new Set(names.flatMap((name) => /^(\d+)\.mkv$/.exec(name)?.[1] ?? []).map(Number));
  await readMarks(connection);
  const rows = await readNewRows(connection);
  for (const row of rows.filter(({ number }) => present.delete(number))) await addRow(connection, row);
  // Files that the list does not have: the last one of a killed process.
  for (const number of [...present].toSorted((a, b) => a - b)) await addOpen(connection, number);
  connection.nextNumber = (connection.segments.at(-1)?.number ?? -1) + 1;
  connection.segments.sort((a, b) => a.number - b.number);
  return connection;
}

/** Brings the entry of the connection in work up to date: what was finished since, and the one that is being written. */
export async function refreshConnection(connection: IndexedConnection): Promise<void> {
  if (connection.offsetMs === null) await readMarks(connection);
  connection.segments = connection.segments.filter(({ number }) => number < connection.nextNumber);
  for (const row of await readNewRows(connection)) {
    await addRow(connection, row);
    connection.nextNumber = row.number + 1;
  }
  await addOpen(connection, connection.nextNumber);
}

interface ListRow {
  readonly number: number;
  readonly startRawMs: number;
  readonly endRawMs: number;
}

/** ffmpeg's list of finished segments grows by a line each: name, start, end. Only what is new is read. */
async function readNewRows(connection: IndexedConnection): Promise<ListRow[]> {
  const file = await ignoreMissing(open(path.join(connection.dir, segmentListName)));
  if (file === null) return [];
  try {
    const { size } = await file.stat();
    if (size <= connection.listedBytes) return [];
    const fresh = Buffer.alloc(size - connection.listedBytes);
    const { bytesRead } = await file.read(fresh, 0, fresh.length, connection.listedBytes);
    const whole = fresh.subarray(0, bytesRead).lastIndexOf(0x0a) + 1; // a line may be half written
    connection.listedBytes += whole;
    return fresh
      .subarray(0, whole)
      .toString('utf8')
      .split('\n')
      .flatMap((line) => {
        const [, number, start, end] = /^(\d+)\.mkv,(-?[\d.]+),(-?[\d.]+)$/.exec(line.trim()) ?? [];
        if (number === undefined) return [];
        return [{ number: Number(number), startRawMs: Number(start) * 1000, endRawMs: Number(end) * 1000 }];
      });
  } finally {
    await file.close();
  }
}

async function addRow(connection: IndexedConnection, row: ListRow): Promise<void> {
  const file = toSegmentFile(connection.dir, row.number);
  const found = await ignoreMissing(stat(file));
  if (found === null) return; // pruned before
  connection.segments.push({
    file,
    number: row.number,
    bytes: found.size,
    // The first segment's start in the list is wrong.
    startRawMs: row.number === 0 ? null : row.startRawMs,
    endRawMs: row.endRawMs,
    writtenAtMs: found.mtimeMs,
  });
}

async function addOpen(connection: IndexedConnection, number: number): Promise<void> {
  const file = toSegmentFile(connection.dir, number);
  const found = await ignoreMissing(stat(file));
  if (found === null) return;
  const before = connection.segments.at(-1);
  connection.segments.push({
    file,
    number,
    bytes: found.size,
    startRawMs: before?.number === number - 1 ? before.endRawMs : null,
    endRawMs: null,
    writtenAtMs: found.mtimeMs,
  });
}

function toSegmentFile(dir: string, number: number): string {
  return path.join(dir, `${String(number).padStart(8, '0')}.mkv`);
}

/** Ties a connection's folder to the clock. Written whole or not at all. */
export function writeAnchor(dir: string, offsetMs: number): Promise<void> {
  return writeMark(dir, anchorName, { v: 1, offsetMs });
}

/** Notes from where on a connection's recording no longer is of one kind. */
export function writeChange(dir: string, changedAtRawMs: number): Promise<void> {
  return writeMark(dir, changeName, { v: 1, changedAtRawMs });
}

async function writeMark(dir: string, name: string, content: object): Promise<void> {
  const file = path.join(dir, name);
  await writeFile(`${file}.part`, JSON.stringify(content));
  await rename(`${file}.part`, file);
}

async function readMarks(connection: IndexedConnection): Promise<void> {
  const anchor = await readMark(connection.dir, anchorName);
  const change = await readMark(connection.dir, changeName);
  connection.offsetMs = toNumber(anchor['offsetMs']);
  connection.changedAtRawMs = toNumber(change['changedAtRawMs']);
}

/** A mark that cannot be read says nothing: a disk that was full may have left an empty file. */
async function readMark(dir: string, name: string): Promise<Record<string, unknown>> {
  const text = await ignoreMissing(readFile(path.join(dir, name), 'utf8'));
  try {
    return text === null ? {} : (JSON.parse(text) as Record<string, unknown>);
  } catch {
    return {};
  }
}

function toNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

async function ignoreMissing<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The latest stream time that the ring may hold; -Infinity for an empty ring. */
export function toRingEndMs(connections: readonly RingConnection[]): number {
  const ends = connections.flatMap(({ offsetMs, changedAtRawMs, segments }) =>
    offsetMs === null
      ? []
      : segments.map(({ endRawMs, writtenAtMs }) =>
          endRawMs === null
            ? writtenAtMs
            : Math.ceil(Math.min(endRawMs, changedAtRawMs ?? endRawMs)) + offsetMs,
        ),
  );
  return Math.max(Number.NEGATIVE_INFINITY, ...ends);
}

/** Frames around a cut between segments may lie on either side of it. */
const cutSlackMs = 1000;
/** A stream's time may lag behind this machine's clock, or lead it, by so much. */
const clockSlackMs = 15_000;

/** The stretch of stream time that a segment may hold something of; `null` when nothing of it can be asked for. */
export function toSegmentReach(
  connection: RingConnection,
  segment: Segment,
): { readonly fromMs: number; readonly toMs: number } | null {
  const { offsetMs, startedAtMs } = connection;
  if (offsetMs === null) return null;
  const fromMs =
    segment.startRawMs === null ? startedAtMs - clockSlackMs : segment.startRawMs + offsetMs - cutSlackMs;
  const toMs =
    segment.endRawMs === null ? segment.writtenAtMs + clockSlackMs : segment.endRawMs + offsetMs + cutSlackMs;
  return { fromMs, toMs };
}
