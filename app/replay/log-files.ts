import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { XunjieError } from '../../domain/mod.ts';
import { toCameraName } from '../commands/run-source.ts';

const logName = /\.jsonl(?:\.gz|\.zst)?$/;
const detectionsName = /\.detections\.jsonl(?:\.gz|\.zst)?$/;

/**
 * The files of a log: the file itself, or all `*.jsonl`, `.jsonl.gz` and `.jsonl.zst` of a folder, sorted; where some are called
 * `*.detections.jsonl`, those alone. Throws `file_not_found`.
 */
export async function listLogFiles(where: string): Promise<string[]> {
  const status = await stat(where).catch(() => null);
  if (status === null) throw new XunjieError('file_not_found', `${where}: no such file or folder`);
  if (!status.isDirectory()) return [where];
  const all = (await readdir(where, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && logName.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
  const named = all.filter((file) => detectionsName.test(file));
  const files = named.length > 0 ? named : all;
  if (files.length === 0)
    throw new XunjieError(
      'file_not_found',
      `${where}: no recorded detections (*.jsonl, .jsonl.gz, .jsonl.zst)`,
    );
  return files;
}

/** Camera of a file whose lines name none: `kerb 1.detections.jsonl.gz` is `kerb-1`'s. */
export function toLogCamera(file: string): string {
  return toCameraName(path.basename(file).replace(/(?:\.detections)?\.jsonl(?:\.gz|\.zst)?$/, '.log'));
}
