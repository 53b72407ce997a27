import { XunjieError } from '../../domain/mod.ts';

/** A record of a CSV file, by the names of its header line, and the line it begins on. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

/**
 * Reads CSV as RFC 4180 has it: commas, quotes around what holds commas, quotes or line ends, doubled quotes inside. A byte
 * order mark and empty lines are passed over. Throws `bad_request` naming the line.
 */
export function parseCsv(text: string): {
  readonly header: readonly string[];
  readonly records: readonly CsvRecord[];
} {
  const rows = splitRows(text.replace(/^\u{FEFF}/u, '')).filter(
    ({ cells }) => cells.length > 1 || cells[0] !== '',
  );
  const [head, ...rest] = rows;
  if (head === undefined) throw refuseLine(1, 'the file is empty; its first line names the columns');
  const header = head.cells.map((cell) => cell.trim());
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw refuseLine(head.line, `column "${twice}" stands twice`);
  const records = rest.map(({ line, cells }) => {
    if (cells.length !== header.length)
      throw refuseLine(line, `${cells.length} cells, but ${header.length} columns`);
    return { line, cells: new Map(header.map((name, index) => [name, (cells[index] ?? '').trim()])) };
  });
  return { header, records };
}

/** A line of CSV for these values. A text that a spreadsheet would take for a formula gets a quote before it. */
export function formatCsvRow(values: readonly (string | number | boolean | null)[]): string {
  return `${values.map(formatCell).join(',')}\r\n`;
}

function formatCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function splitRows(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  let wasQuoted = false;
  let line = 1;
  let rowLine = 1;
  const endCell = () => {
    cells.push(cell);
    cell = '';
    wasQuoted = false;
  };
  const endRow = () => {
    endCell();
    rows.push({ line: rowLine, cells });
    cells = [];
    rowLine = line;
  };
  for (let index = 0; index < text.length; index++) {
    const sign = text[index] ?? '';
    if (sign === '\n') line += 1;
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else isQuoted = false;
    } else if (sign === '"' && cell.trim() === '' && !wasQuoted) {
      cell = '';
      isQuoted = true;
      wasQuoted = true;
    } else if (sign === '"')
      throw refuseLine(line, 'a quote inside a cell must be doubled, and the cell quoted');
    else if (sign === ',') endCell();
    else if (sign === '\n') endRow();
    else if (sign !== '\r') cell += sign;
  }
  if (isQuoted) throw refuseLine(rowLine, 'a quoted cell does not end');
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}

function refuseLine(line: number, why: string): XunjieError {
  return new XunjieError('bad_request', `line ${line}: ${why}`, { details: { line } });
}
