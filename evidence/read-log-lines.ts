import { createReadStream } from 'node:fs';

const maxLineBytes = 64 << 10;
const lineFeed = 0x0a;

export interface LogPiece {
  /** Whole lines without their line feeds. */
  readonly lines: readonly Buffer[];
  /** What is wrong with the line after them; it is the last thing that is given. */
  readonly problem: string | null;
}

/** Lines of a file as they lie there, each ended by a line feed, a piece of the file at a time: to wait for each line would take longer than to check it. */
export async function* readLogLines(file: string): AsyncGenerator<LogPiece> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    const lines: Buffer[] = [];
    let from = 0;
    for (let to = bytes.indexOf(lineFeed); to >= 0; to = bytes.indexOf(lineFeed, from)) {
      if (to - from > maxLineBytes) break;
      lines.push(bytes.subarray(from, to));
      from = to + 1;
    }
    rest = bytes.subarray(from);
    const isTooLong = rest.length > maxLineBytes;
    yield { lines, problem: isTooLong ? `is longer than ${maxLineBytes} bytes` : null };
    if (isTooLong) return;
  }
  if (rest.length > 0) yield { lines: [], problem: 'is cut off: no line feed at its end' };
}
