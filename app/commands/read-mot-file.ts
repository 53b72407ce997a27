import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { XunjieError } from '../../domain/mod.ts';
import { type MotRow, type MotRows, parseMotLine } from '../../rules/mot/mod.ts';

/** Reads a MOTChallenge text file line by line, so that its size does not matter. A bad line is refused with its place. */
export async function* readMotRows(file: string): AsyncGenerator<MotRow> {
  const facts = await stat(file).catch(() => null);
  if (facts === null) throw new XunjieError('file_not_found', `${file}: there is no such file`);
  if (!facts.isFile()) throw new XunjieError('bad_dataset', `${file}: this is not a file`);
  const lines = createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let number = 0;
  for await (const line of lines) {
    number++;
    const row = parseMotLine(number === 1 ? line.replace(/^\uFEFF/, '') : line, file, number);
    if (row !== null) yield row;
  }
}

export async function readAllMotRows(file: string): Promise<MotRows> {
  const rows: MotRow[] = [];
  for await (const row of readMotRows(file)) rows.push(row);
  return { file, rows };
}
