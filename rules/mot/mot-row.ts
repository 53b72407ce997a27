import { type Box, XunjieError } from '../../domain/mod.ts';

/**
 * One line of a MOTChallenge file: frame, id, left, top, width, height, then confidence (or, in ground truth, whether
 * the line counts), then, in MOT16 and later ground truth, class and visibility. Boxes are [x1, y1, x2, y2] in pixels.
 */
export interface MotRow {
  readonly frame: number;
  readonly id: number;
  readonly box: Box;
  /** 1 where the file has no such column. */
  readonly confidence: number;
  /** The eighth column; `null` where there is none. */
  readonly class: number | null;
  readonly columns: number;
  /** Which line of its file this is, from 1. */
  readonly line: number;
}

const names = ['frame', 'id', 'left', 'top', 'width', 'height', 'confidence', 'class'] as const;

/**
 * Reads line number `line` of `file`, `null` for an empty one.
 * @throws XunjieError `bad_dataset` that begins with file:line.
 */
export function parseMotLine(content: string, file: string, line: number): MotRow | null {
  const text = content.trim();
  if (text === '') return null;
  const place = `${file}:${line}`;
  const cells = text.includes(',') ? text.replace(/,$/, '').split(',') : text.split(/\s+/);
  if (cells.length < 6)
    throw refuse(place, `${cells.length} columns; frame,id,left,top,width,height,... were expected`);
  const read = (column: number): number => {
    const cell = (cells[column] ?? '').trim();
    const value = Number(cell);
    if (cell === '' || !Number.isFinite(value))
      throw refuse(place, `${names[column]} is ${JSON.stringify(cell)}, not a number`);
    return value;
  };
  const [frame, id, left, top, width, height] = [read(0), read(1), read(2), read(3), read(4), read(5)];
  if (!Number.isSafeInteger(frame) || frame < 0)
    throw refuse(place, `frame is ${frame}; a whole number from 0 was expected`);
  if (!Number.isSafeInteger(id)) throw refuse(place, `id is ${id}; a whole number was expected`);
  if (width < 0 || height < 0) throw refuse(place, `a box of ${width} x ${height}; sizes cannot be negative`);
  return {
    frame,
    id,
    box: [left, top, left + width, top + height],
    confidence: cells.length > 6 ? read(6) : 1,
    class: cells.length > 7 ? read(7) : null,
    columns: cells.length,
    line,
  };
}

/** Two decimals: a hundredth of a pixel. */
export function toMotLine(row: Pick<MotRow, 'frame' | 'id' | 'box' | 'confidence'>): string {
  const [x1, y1, x2, y2] = row.box;
  const cells = [x1, y1, x2 - x1, y2 - y1].map((value) => value.toFixed(2));
  return `${row.frame},${row.id},${cells.join(',')},${Number(row.confidence.toFixed(4))},-1,-1,-1`;
}

function refuse(place: string, problem: string): XunjieError {
  return new XunjieError('bad_dataset', `${place}: ${problem}`);
}
