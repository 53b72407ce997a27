import { XunjieError } from '../../domain/mod.ts';

/** A file of an archive; its content must be exactly `bytes` long. */
export interface TarEntry {
  readonly path: string;
  readonly bytes: number;
  readonly atMs: number;
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
}

const block = 512;
const endBlocks = 2;

/** Length of the archive of these files, bytes. */
export function toTarBytes(entries: readonly Pick<TarEntry, 'bytes'>[]): number {
  return entries.reduce((sum, { bytes }) => sum + block + padUp(bytes), endBlocks * block);
}

/**
 * An archive as POSIX has it (IEEE 1003.1, pax interchange format, "ustar"), piece by piece: a file is opened when the reader has come to it,
 * so that nothing but the piece under way is in memory. Throws when a file is not as long as was said: what was sent cannot be taken back,
 * and a short archive says so at its end.
 */
export async function* writeTar(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    yield toHeader(entry);
    let sent = 0;
    for await (const piece of await entry.open()) {
      sent += piece.byteLength;
      if (sent > entry.bytes) break;
      yield piece;
    }
    if (sent !== entry.bytes)
      throw new XunjieError(
        'evidence_broken',
        `${entry.path} is not ${entry.bytes} bytes long as its manifest says`,
      );
    const missing = padUp(entry.bytes) - entry.bytes;
    if (missing > 0) yield new Uint8Array(missing);
  }
  yield new Uint8Array(endBlocks * block);
}

function padUp(bytes: number): number {
  return Math.ceil(bytes / block) * block;
}

function toHeader({ path, bytes, atMs }: TarEntry): Uint8Array {
  const header = Buffer.alloc(block);
  const [prefix, name] = splitPath(path);
  header.write(name, 0, 100, 'ascii');
  const writeOctal = (value: number, offset: number, length: number) =>
    header.write(value.toString(8).padStart(length - 1, '0'), offset, length - 1, 'ascii');
  writeOctal(0o644, 100, 8);
  writeOctal(0, 108, 8);
  writeOctal(0, 116, 8);
  writeOctal(bytes, 124, 12);
  writeOctal(Math.floor(atMs / 1000), 136, 12);
  header.write('        ', 148, 8, 'ascii'); // counts as spaces in its own sum
  header.write('0', 156, 1, 'ascii');
  header.write('ustar\0', 257, 6, 'ascii');
  header.write('00', 263, 2, 'ascii');
  header.write(prefix, 345, 155, 'ascii');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'ascii');
  return header;
}

/** A long path is split at a slash: 155 characters and 100. */
function splitPath(path: string): [string, string] {
  if (path.length <= 100) return ['', path];
  const at = path.indexOf('/', path.length - 101);
  if (at <= 0 || at > 155) throw new XunjieError('internal', `the path ${path} does not fit into an archive`);
  return [path.slice(0, at), path.slice(at + 1)];
}
