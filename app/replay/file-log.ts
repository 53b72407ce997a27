import type { DetectionBatch } from '../../domain/mod.ts';
import { type DetectionLog, isWanted, type LogPart } from './detection-log.ts';
import { listLogFiles, toLogCamera } from './log-files.ts';
import { parseBatch } from './parse-batch.ts';
import { readLines } from './read-lines.ts';
import { createSorter } from './sort-late.ts';

export interface FileLogOptions extends LogPart {
  /** File or folder. */
  readonly where: string;
  /** Capture time of a clip's beginning, for lines that only have the time in the clip. */
  readonly startMs: number;
  /** Batches that come up to this much late are put in their place; 0: all stay where they are. */
  readonly sortMs: number;
}

/** One file in the merge: what is read and not yet given on. */
interface Source {
  readonly file: string;
  readonly pieces: AsyncIterator<DetectionBatch[]>;
  batches: DetectionBatch[];
  at: number;
}

/**
 * Files of recorded detections as one log: merged by time, each file in its own order. A file is open only while its time is being read.
 * Throws `file_not_found`, and `bad_config` as `file:line: ...` for a line that is no batch.
 */
export async function openFileLog(options: FileLogOptions): Promise<DetectionLog> {
  const files = await listLogFiles(options.where);
  return {
    async *read() {
      if (files.length === 1) {
        yield* readFile(files[0] as string, options);
        return;
      }
      const starts = new Map<string, number>();
      for (const file of files) starts.set(file, await findStart(file, options));
      const waiting = files.toSorted((a, b) => (starts.get(a) ?? 0) - (starts.get(b) ?? 0));
      yield* merge(waiting, starts, options);
    },
  };
}

/** Every file in turn gives on its batches up to the earliest one that waits in another. */
async function* merge(
  waiting: string[],
  starts: ReadonlyMap<string, number>,
  options: FileLogOptions,
): AsyncGenerator<DetectionBatch[]> {
  const toStart = (file: string): number => starts.get(file) ?? 0;
  let open: Source[] = [];
  try {
    for (;;) {
      let first = findEarliest(open);
      const next = waiting[0];
      if (next !== undefined && (first === null || toStart(next) <= toTime(first))) {
        waiting.shift();
        const source: Source = {
          file: next,
          pieces: readFile(next, options)[Symbol.asyncIterator](),
          batches: [],
          at: 0,
        };
        if (await refill(source)) open.push(source);
        continue;
      }
      if (first === null) return;
      const others = open.filter((source) => source !== first).map(toTime);
      const untilMs = Math.min(
        ...others,
        waiting[0] === undefined ? Number.POSITIVE_INFINITY : toStart(waiting[0]),
      );
      const from = first.at;
      do first.at++;
      while (first.at < first.batches.length && toTime(first) <= untilMs);
      yield first.batches.slice(from, first.at);
      if (first.at === first.batches.length && !(await refill(first))) {
        const ended = first;
        open = open.filter((source) => source !== ended);
        first = null;
      }
    }
  } finally {
    for (const source of open) await source.pieces.return?.();
  }
}

function toTime(source: Source): number {
  return source.batches[source.at]?.capturedAtMs ?? Number.POSITIVE_INFINITY;
}

function findEarliest(open: readonly Source[]): Source | null {
  let earliest: Source | null = null;
  for (const source of open) if (earliest === null || toTime(source) < toTime(earliest)) earliest = source;
  return earliest;
}

async function refill(source: Source): Promise<boolean> {
  for (;;) {
    const piece = await source.pieces.next();
    if (piece.done) return false;
    if (piece.value.length === 0) continue;
    source.batches = piece.value;
    source.at = 0;
    return true;
  }
}

/** Capture time of a file's first batch; files without any are read first. */
async function findStart(file: string, options: FileLogOptions): Promise<number> {
  for await (const [line] of readLines(file))
    if (line !== undefined)
      return parseBatch(line.text, toDefaults(file, options), `${file}:${line.no}`).capturedAtMs;
  return Number.NEGATIVE_INFINITY;
}

async function* readFile(file: string, options: FileLogOptions): AsyncGenerator<DetectionBatch[]> {
  const defaults = toDefaults(file, options);
  const sorter = options.sortMs > 0 ? createSorter(options.sortMs, file) : null;
  for await (const lines of readLines(file)) {
    const batches = lines
      .map(({ text, no }) => parseBatch(text, defaults, `${file}:${no}`))
      .filter((batch) => isWanted(batch, options));
    yield sorter === null ? batches : sorter.add(batches);
  }
  if (sorter !== null) yield sorter.flush();
}

function toDefaults(file: string, { startMs }: FileLogOptions) {
  return { camera: toLogCamera(file), startMs };
}
