import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { toNames } from '../detector/mod.ts';
import { toMessage, XunjieError } from '../domain/mod.ts';

/**
 * Reads a file of labels: a line each (`.txt`, `.names`), or YAML or JSON with a list, an object by number, or either
 * under `names`, as training programs write their data files.
 * @throws XunjieError `file_not_found`, `bad_argument`.
 */
export async function readLabelFile(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new XunjieError('file_not_found', `${file}: no labels there: ${toMessage(error)}`, {
      cause: error,
    });
  }
  const labels = /^\.(?:ya?ml|json)$/i.test(path.extname(file)) ? readStructure(file, text) : readLines(text);
  if (labels.length === 0) throw new XunjieError('bad_argument', `${file}: no label in it`);
  return labels;
}

function readLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function readStructure(file: string, text: string): string[] {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new XunjieError('bad_argument', `${file}: ${toMessage(error).split('\n')[0]}`, { cause: error });
  }
  const inner = typeof value === 'object' && value !== null && 'names' in value ? value.names : value;
  const names = toNames(inner);
  if (names === null)
    throw new XunjieError(
      'bad_argument',
      `${file}: expected a list of labels, or labels by number from 0, at the top or under "names"`,
    );
  return names;
}
