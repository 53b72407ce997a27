import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { listDecisions } from '../../api/mod.ts';
import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import {
  createClosingStack,
  createLogger,
  type LogLevel,
  makeFolder,
  openNatsBus,
} from '../../platform/mod.ts';
import { type BatchFile, openBatchFile } from '../replay/batch-file.ts';
import { openDataEngines } from '../replay/data-engines.ts';
import { chooseTimeZone, type LogOptions, toPart } from '../replay/open-replay.ts';
import { toDecisionLine } from '../replay/read-decisions.ts';
import { openStreamLog } from '../replay/stream-log.ts';
import { toTableLines } from '../text-table.ts';

export interface ExportOptions extends Omit<LogOptions, 'log' | 'start' | 'sort'> {
  readonly out: string;
  readonly gzip: boolean;
  /** Write what people decided, too. */
  readonly decisions: boolean;
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
    const files = new Map<string, BatchFile>();
    try {
      for await (const batches of openStreamLog(bus, part, logger).read())
        for (const batch of batches) {
          const file = files.get(batch.camera) ?? openBatchFile(toFileName(options, batch.camera));
          files.set(batch.camera, file);
          await file.add(batch);
        }
    } finally {
      await Promise.all([...files.values()].map((file) => file.end()));
    }
    if (files.size === 0) throw new XunjieError('not_found', 'the log has nothing of that time and camera');
    for (const line of toTableLines(
      ['camera', 'batches', 'from', 'to', 'file'],
      [...files]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([camera, { counts, file }]) => [
          camera,
          String(counts.batches),
          toZonedIso(counts.fromMs, timeZone),
          toZonedIso(counts.toMs, timeZone),
          file,
        ]),
    ))
      print(line);
    if (options.decisions) {
      const decided = await listDecisions(await engines.databaseUrl(), logger);
      const file = path.join(options.out, 'decisions.jsonl');
      await writeFile(file, decided.map((one) => `${JSON.stringify(toDecisionLine(one))}\n`).join(''));
      print(`${decided.length} decisions: ${file}`);
    }
    return 0;
  } finally {
    await closing.close();
  }
}

function toFileName({ out, gzip }: ExportOptions, camera: string): string {
  return path.join(out, `${camera}.detections.jsonl${gzip ? '.gz' : ''}`);
}
