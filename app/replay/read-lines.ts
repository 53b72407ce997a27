import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import * as zlib from 'node:zlib';
import { toMessage, XunjieError } from '../../domain/mod.ts';

const chunkBytes = 1 << 16;
/** A line longer than this is no batch. */
const maxLineChars = 1 << 24;

export interface Line {
  readonly text: string;
  /** From 1. */
  readonly no: number;
}

/** The lines of a text file (plain, .gz or .zst) that are not blank, in pieces as they are read. Throws `file_not_found`, or `bad_config` for what cannot be unpacked. */
export async function* readLines(file: string): AsyncGenerator<Line[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let no = 0;
  const stream = openUnpacked(file);
  try {
    for await (const chunk of stream) {
      rest += decoder.write(chunk as Buffer);
      const parts = rest.split('\n');
      rest = parts.pop() ?? '';
      if (rest.length > maxLineChars)
        throw new XunjieError('bad_config', `${file}:${no + parts.length + 1}: a line of more than 16 MB`);
      const lines = toLines(parts, no);
      no += parts.length;
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    if (error instanceof XunjieError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const isPacking = code.startsWith('Z_') || code.startsWith('ZSTD');
    throw new XunjieError(isPacking ? 'bad_config' : 'file_not_found', `${file}: ${toMessage(error)}`, {
      cause: error,
    });
  } finally {
    stream.destroy();
  }
  const last = toLines([rest + decoder.end()], no);
  if (last.length > 0) yield last;
}

function toLines(parts: readonly string[], before: number): Line[] {
  const lines: Line[] = [];
  for (const [index, part] of parts.entries()) {
    const text = (before + index === 0 ? part.replace(/^\uFEFF/, '') : part).trim();
    if (text !== '') lines.push({ text, no: before + index + 1 });
  }
  return lines;
}

function openUnpacked(file: string): Readable {
  const packed = createReadStream(file, { highWaterMark: chunkBytes });
  const unpacker = file.endsWith('.gz') ? zlib.createGunzip() : file.endsWith('.zst') ? openZstd(file) : null;
  if (unpacker === null) return packed;
  packed.on('error', (error) => unpacker.destroy(error));
  unpacker.on('close', () => packed.destroy());
  return packed.pipe(unpacker);
}

/** Only newer versions of Node know Zstandard; the types are those of the oldest that we run on. */
function openZstd(file: string): zlib.Gunzip {
  const { createZstdDecompress } = zlib as unknown as { createZstdDecompress?: () => zlib.Gunzip };
  if (createZstdDecompress === undefined)
    throw new XunjieError(
      'bad_argument',
      `${file}: Node ${process.versions.node} cannot read .zst (22.15 and newer can); unpack it first: unzstd ${file}`,
    );
  return createZstdDecompress();
}
