import { access } from 'node:fs/promises';
import path from 'node:path';
import { XunjieError } from '../../domain/mod.ts';

const maxNamed = 3;
const openAtOnce = 64;

/**
 * Finds the file of each name in the first folder that has it; names may hold folders. `null` where there is none.
 * Names that lead out of the folders are not followed.
 */
export async function findPictures(
  names: readonly string[],
  folders: readonly string[],
): Promise<(string | null)[]> {
  const files: (string | null)[] = [];
  for (let i = 0; i < names.length; i += openAtOnce)
    files.push(...(await Promise.all(names.slice(i, i + openAtOnce).map((name) => findOne(name, folders)))));
  return files;
}

async function findOne(name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const file = path.resolve(folder, name);
    if (!file.startsWith(path.resolve(folder) + path.sep)) continue;
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return null;
}

/** Says which pictures are missing, counted and the first ones named. */
export function describeMissing(missing: readonly string[], total: number): string {
  const named = missing.slice(0, maxNamed).join(', ');
  const more = missing.length > maxNamed ? ` and ${missing.length - maxNamed} more` : '';
  return `${missing.length} of ${total} pictures: ${named}${more}`;
}

/** @throws XunjieError `bad_dataset` unless missing pictures are allowed. */
export function refuseMissing(
  missing: readonly string[],
  total: number,
  places: string,
  allowMissing: boolean,
): void {
  if (missing.length === total)
    throw new XunjieError('bad_dataset', `none of the ${total} pictures is there; looked in ${places}`);
  if (missing.length > 0 && !allowMissing)
    throw new XunjieError(
      'bad_dataset',
      `missing ${describeMissing(missing, total)}; looked in ${places} (--allow-missing leaves them out)`,
    );
}
