export interface ByteRange {
  readonly from: number;
  /** Last byte, itself part of the range. */
  readonly to: number;
}

/**
 * Reads a `Range` header for an object of `size` bytes. `null`: send it whole (no header, several ranges, another unit, or
 * not understood, all of which a server may ignore). `unsatisfiable`: the range lies outside.
 */
export function parseByteRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '')
    return Number(last) === 0 || size === 0
      ? 'unsatisfiable'
      : { from: Math.max(0, size - Number(last)), to: size - 1 };
  const from = Number(first);
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < from) return null;
  return from >= size ? 'unsatisfiable' : { from, to };
}
