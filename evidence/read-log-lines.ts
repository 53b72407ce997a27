import { createReadStream } from 'node:fs';

const maxLineBytes = 64 << 10;
const lineFeed = 0x0a;

export type LogLine =
  | { readonly bytes: Buffer; readonly problem: null }
  | { readonly bytes: null; readonly problem: string };

/** Lines of a file as they lie there, each ended by a line feed; a problem is the last thing that is given. */
export async function* readLogLines(file: string): AsyncGenerator<LogLine> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let from = 0;
    for (let to = bytes.indexOf(lineFeed); to >= 0; to = bytes.indexOf(lineFeed, from)) {
      if (to - from > maxLineBytes) break;
      yield { bytes: bytes.subarray(from, to), problem: null };
      from = to + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > maxLineBytes) {
      yield { bytes: null, problem: `is longer than ${maxLineBytes} bytes` };
      return;
    }
  }
  if (rest.length > 0) yield { bytes: null, problem: 'is cut off: no line feed at its end' };
}
