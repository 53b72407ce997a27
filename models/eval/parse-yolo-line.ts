import { XunjieError } from '../../domain/mod.ts';
import type { PixelBox } from './dataset.ts';

/**
 * Reads one line of a YOLO label file: `class cx cy w h`, or `class x1 y1 x2 y2 x3 y3 ...`, the outline of the thing, of
 * which the enclosing box is taken. Everything is 0-1 of the picture; the box is left, top, width, height.
 * @throws XunjieError `bad_dataset` beginning with `where`.
 */
export function parseYoloLine(
  line: string,
  classes: number,
  where: string,
): { category: number; box: PixelBox } {
  const [category = Number.NaN, ...numbers] = line.trim().split(/\s+/).map(Number);
  if (!Number.isInteger(category) || category < 0 || category >= classes)
    throw new XunjieError('bad_dataset', `${where}: class must be 0 to ${classes - 1}: "${line.trim()}"`);
  const isOutline = numbers.length >= 6 && numbers.length % 2 === 0;
  const isInPicture = numbers.every((value) => value >= -slack && value <= 1 + slack);
  if (!isInPicture || (numbers.length !== 4 && !isOutline))
    throw new XunjieError(
      'bad_dataset',
      `${where}: after the class come four numbers (cx cy w h) or an outline, all 0-1: "${line.trim().slice(0, 80)}"`,
    );
  if (isOutline) {
    const xs = numbers.filter((_value, i) => i % 2 === 0);
    const ys = numbers.filter((_value, i) => i % 2 === 1);
    const left = Math.min(...xs);
    const top = Math.min(...ys);
    return { category, box: [left, top, Math.max(...xs) - left, Math.max(...ys) - top] };
  }
  const [cx, cy, width, height] = numbers as [number, number, number, number];
  return { category, box: [cx - width / 2, cy - height / 2, width, height] };
}

/** Exporters round: a box at the edge may end at 1.0000001. */
const slack = 1e-3;
