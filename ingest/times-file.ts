import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../domain/mod.ts';
import type { TimeReader } from './still-time.ts';

/** One still of a times file. */
export interface TimesRow {
  /** As it stands in the file, relative to the folder of stills. */
  readonly file: string;
  readonly capturedAtMs: number;
  readonly line: number;
}

export interface Times {
  readonly rows: readonly TimesRow[];
  /** What was passed over: `line: what`. */
  readonly problems: readonly string[];
}

const fileHeads = /^(?:file|file_?name|name|path|image|picture|文件|文件名)$/i;
const timeHeads = /^(?:time|date_?time|time_?stamp|captured_?at|capture_?time|date|ts|时间)$/i;

/**
 * Reads a table of stills and their times: UTF-8, GB 18030 or UTF-16; comma, semicolon or tab; quotes; with or without a header; in
 * either order of columns when the header names them, else file first. Rejects with `file_not_found` or `bad_footage` when it is no such table.
 */
export async function readTimesFile(file: string, readTime: TimeReader): Promise<Times> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new XunjieError('file_not_found', `${file}: cannot be read: ${toMessage(error)}`, { cause: error });
  });
  const lines = parseTable(decodeText(bytes));
  const [head] = lines;
  if (head === undefined) throw new XunjieError('bad_footage', `${file}: has no lines`);
  const heads = head.cells.map((cell) => cell.trim());
  const named = {
    file: heads.findIndex((cell) => fileHeads.test(cell)),
    time: heads.findIndex((cell) => timeHeads.test(cell)),
  };
  const isHeader = named.file >= 0 && named.time >= 0;
  const columns = isHeader ? named : { file: 0, time: 1 };
  const rows: TimesRow[] = [];
  const problems: string[] = [];
  for (const { cells, line } of isHeader ? lines.slice(1) : lines) {
    const name = (cells[columns.file] ?? '').trim();
    const time = (cells[columns.time] ?? '').trim();
    const capturedAtMs = readTime(time);
    if (name === '') problems.push(`line ${line}: names no file`);
    else if (capturedAtMs === null) problems.push(`line ${line}: "${time}" is no time`);
    else if (isOutside(name)) problems.push(`line ${line}: "${name}" is not inside the folder`);
    else rows.push({ file: name, capturedAtMs, line });
  }
  if (rows.length === 0)
    throw new XunjieError(
      'bad_footage',
      `${file}: no line names a file and its time, such as "a.jpg,2024-11-24T15:30:12+08:00" (${problems[0] ?? 'it has only a header'})`,
    );
  return { rows, problems };
}

/** Without a byte order mark. Spreadsheets on Chinese systems write GB 18030, or UTF-16 with a mark. */
function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

function isOutside(name: string): boolean {
  return path.isAbsolute(name) || path.normalize(name).split(path.sep).includes('..');
}

interface TableLine {
  readonly cells: readonly string[];
  readonly line: number;
}

/** RFC 4180 with the delimiter that the first line has; empty lines are none. */
function parseTable(text: string): TableLine[] {
  const delimiter = [',', ';', '\t'].find((mark) => text.split(/\r?\n/, 1)[0]?.includes(mark)) ?? ',';
  const lines: TableLine[] = [];
  let cells: string[] = [];
  let cell = '';
  let line = 1;
  let startLine = 1;
  let isQuoted = false;
  const endLine = (): void => {
    cells.push(cell);
    if (cells.some((one) => one.trim() !== '')) lines.push({ cells, line: startLine });
    cells = [];
    cell = '';
    startLine = line + 1;
  };
  for (let at = 0; at < text.length; at++) {
    const mark = text[at] as string;
    if (isQuoted) {
      if (mark === '\n') line++;
      if (mark !== '"') cell += mark;
      else if (text[at + 1] === '"') cell += text[++at];
      else isQuoted = false;
    } else if (mark === '"' && cell.trim() === '') {
      isQuoted = true;
      cell = '';
    } else if (mark === delimiter) {
      cells.push(cell);
      cell = '';
    } else if (mark === '\n') {
      endLine();
      line++;
    } else if (mark !== '\r') cell += mark;
  }
  endLine();
  return lines;
}
