import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { type DetectionBatch, toMessage, XunjieError } from '../../domain/mod.ts';

/** Recorded detections being written, a batch a line. */
export interface BatchFile {
  readonly file: string;
  readonly counts: { readonly batches: number; readonly fromMs: number; readonly toMs: number };
  /** Resolves when there is room for more. Rejects with `data_folder_unwritable`. */
  add(batch: DetectionBatch): Promise<void>;
  /** Resolves when all is on disk. */
  end(): Promise<void>;
}

/** Begins a log file anew; one that ends in `.gz` is compressed. */
export function openBatchFile(file: string): BatchFile {
  const out = createWriteStream(file);
  const top: WriteStream | Gzip = file.endsWith('.gz') ? createGzip() : out;
  if (top !== out) top.pipe(out);
  const written = finished(out).catch((error: unknown) => {
    throw new XunjieError('data_folder_unwritable', `cannot write ${file}: ${toMessage(error)}`, {
      cause: error,
    });
  });
  written.catch(() => undefined); // whoever adds or ends hears it
  const counts = { batches: 0, fromMs: Number.POSITIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY };
  return {
    file,
    counts,
    async add(batch) {
      counts.batches++;
      counts.fromMs = Math.min(counts.fromMs, batch.capturedAtMs);
      counts.toMs = Math.max(counts.toMs, batch.capturedAtMs);
      if (out.errored !== null) await written;
      if (top.write(`${JSON.stringify(batch)}\n`)) return;
      await Promise.race([new Promise<void>((resolve) => void top.once('drain', () => resolve())), written]);
    },
    async end() {
      top.end();
      await written;
    },
  };
}
