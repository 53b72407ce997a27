import { XunjieError } from '../../domain/mod.ts';

/** Refuses what no store may be asked for, above all a way out of its folder. */
export function checkBlobKey(key: string): void {
  if (!isPlainPath(key))
    throw new XunjieError(
      'bad_argument',
      `"${key}" is no blob key: letters, digits, ".", "_", "-" and "/" only`,
    );
}

/** A prefix is a key with a `/` at its end. */
export function checkBlobPrefix(prefix: string): void {
  if (!prefix.endsWith('/') || !isPlainPath(prefix.slice(0, -1)))
    throw new XunjieError('bad_argument', `"${prefix}" is no blob prefix: a key that ends in "/"`);
}

function isPlainPath(path: string): boolean {
  return (
    /^[A-Za-z0-9._/-]{1,500}$/.test(path) && path.split('/').every((part) => !['', '.', '..'].includes(part))
  );
}
