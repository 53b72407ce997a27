import { XunjieError } from '../../domain/mod.ts';

/** A place in a list, as opaque text: the values of its sort columns there. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Reads a cursor back; `types` is what each value must be. Refuses anything that this program did not write. */
export function decodeCursor(cursor: string, types: readonly ('string' | 'number')[]): (string | number)[] {
  const key = parseJson(Buffer.from(cursor, 'base64url').toString());
  if (
    !Array.isArray(key) ||
    key.length !== types.length ||
    !types.every((type, index) => typeof key[index] === type)
  )
    throw new XunjieError('bad_request', 'query.cursor: not a cursor of this list');
  return key as (string | number)[];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not JSON is not a cursor: the caller refuses it
  }
}
