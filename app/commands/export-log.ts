import { createWriteStream, type WriteStream } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import {
  createClosingStack,
  createLogger,
  type LogLevel,
  makeFolder,
  openNatsBus,
} from '../../platform/mod.ts';
import { openDataEngines } from '../replay/data-engines.ts';
import { chooseTimeZone, type LogOptions, toPart } from '../replay/open-replay.ts';
import { openStreamLog } from '../replay/stream-log.ts';
import { toTableLines } from '../text-table.ts';

export interface ExportOptions extends Omit<LogOptions, 'log' | 'start' | 'sort'> {
  readonly out: string;
  readonly gzip: boolean;
  readonly logLevel: LogLevel;
}

/** Writes the detections that the bus keeps as `<camera>.detections.jsonl`, a batch a line, to be taken away and replayed elsewhere. Returns the exit code. */
export async function exportLog(options: ExportOptions, print: (line: string) => void): Promise<number> {
  const logger = createLogger(options.logLevel);
  const closing = createClosingStack(logger);
  try {
    const timeZone = chooseTimeZone(options, null);
    const part = toPart(options, timeZone);
    const engines = openDataEngines({
      dataDir: path.resolve(options.data),
      environment: process.env,
      logger,
      closing,
    });
    const bus = await openNatsBus({ url: await engines.natsUrl(), name: 'xunjie log export', logger });
    closing.push('bus', () => bus.close());
    makeFolder(options.out);
    const files = new Map<string, LogFile>();
    try {
      for await (const batches of openStreamLog(bus, part, logger).read())
        for (const batch of batches) {
          const file = files.get(batch.camera) ?? openLogFile(options, batch.camera);
          files.set(batch.camera, file);
          await file.add(batch.capturedAtMs, JSON.stringify(batch));
        }
    } finally {
      await Promise.all([...files.values()].map((file) => file.end()));
    }
    if (files.size === 0) throw new XunjieError('not_found', 'the log has nothing of that time and camera');
    for (const line of toTableLines(
      ['camera', 'batches', 'from', 'to', 'file'],
      [...files]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([camera, { counts, name }]) => [
          camera,
          String(counts.batches),
          toZonedIso(counts.fromMs, timeZone),
          toZonedIso(counts.toMs, timeZone),
          path.join(options.out, name),
        ]),
    ))
      print(line);
    return 0;
  } finally {
    await closing.close();
  }
}

interface LogFile {
  readonly name: string;
  readonly counts: { batches: number; fromMs: number; toMs: number };
  /** Resolves when there is room for more. */
  add(capturedAtMs: number, line: string): Promise<void>;
  end(): Promise<void>;
}

function openLogFile({ out, gzip }: ExportOptions, camera: string): LogFile {
  const name = `${camera}.detections.jsonl${gzip ? '.gz' : ''}`;
  const file = createWriteStream(path.join(out, name));
  const top: WriteStream | Gzip = gzip ? createGzip() : file;
  if (top !== file) top.pipe(file);
  const written = finished(file).catch((error: unknown) => {
    throw new XunjieError('data_folder_unwritable', `${path.join(out, name)}: ${(error as Error).message}`, {
      cause: error,
    });
  });
  written.catch(() => undefined); // whoever adds or ends hears it
  const counts = { batches: 0, fromMs: Number.POSITIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY };
  return {
    name,
    counts,
    async add(capturedAtMs, line) {
      counts.batches++;
      counts.fromMs = Math.min(counts.fromMs, capturedAtMs);
      counts.toMs = Math.max(counts.toMs, capturedAtMs);
      if (top.write(`${line}\n`)) return;
      await Promise.race([new Promise<void>((resolve) => void top.once('drain', () => resolve())), written]);
    },
    async end() {
      top.end();
      await written;
    },
  };
}
