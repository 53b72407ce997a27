import type { QueryParts } from './decode-queries.ts';
import { type DecodeOptions, pickLabels, type RawBox, refuseNaN, toCornerBox, toRawBox } from './raw-box.ts';

const boxNumbers = 4;

/**
 * Decodes columns of `cx, cy, w, h, class scores...` (1 x (4 + labels) x boxes), or of corners when the layout says so:
 * boxes in input pixels (0-1 when normalised), no objectness. YOLOv8, v9, v11 and v12 exports share it.
 * @throws XunjieError `model_failed` on NaN or scores outside 0-1.
 */
export function decodeYolov8Columns(output: Float32Array, options: DecodeOptions): RawBox[] {
  const count = Math.floor(output.length / (boxNumbers + options.labelCount));
  const isWanted = findWanted(output, count, options);
  const toBox = toBoxReader(output, count, options);
  const boxes: RawBox[] = [];
  for (let i = 0; i < count; i++) {
    if (isWanted[i] === 0) continue;
    pickLabels(output, i + boxNumbers * count, count, i, 1, options, (label, score) =>
      boxes.push(toBox(i, score, label)),
    );
  }
  return boxes;
}

/** The same from a row for each box, or from two outputs with a row for each. @throws XunjieError as for columns. */
export function decodeYolov8Rows(parts: QueryParts, options: DecodeOptions): RawBox[] {
  const count = Math.floor(parts.boxes.length / parts.boxStep);
  const toBox = toBoxReader(parts.boxes, 1, options);
  const boxes: RawBox[] = [];
  for (let i = 0; i < count; i++)
    pickLabels(parts.scores, parts.scoreStart + i * parts.scoreStep, 1, i, 1, options, (label, score) =>
      boxes.push(toBox(i * parts.boxStep, score, label)),
    );
  return boxes;
}

/** Reads the box whose first number lies at a place, the others `step` apart. */
function toBoxReader(
  data: Float32Array,
  step: number,
  { layout, inputWidth, inputHeight }: DecodeOptions,
): (at: number, score: number, label: number) => RawBox {
  const factorX = layout.normalised ? inputWidth : 1;
  const factorY = layout.normalised ? inputHeight : 1;
  const build = layout.corners ? toCornerBox : toRawBox;
  return (at, score, label) =>
    build(
      (data[at] as number) * factorX,
      (data[at + step] as number) * factorY,
      (data[at + 2 * step] as number) * factorX,
      (data[at + 3 * step] as number) * factorY,
      score,
      label,
    );
}

/** Columns with any score at the threshold, found label by label because one label's scores lie together in memory. */
function findWanted(
  output: Float32Array,
  count: number,
  { labelCount, minScore }: DecodeOptions,
): Uint8Array {
  const isWanted = new Uint8Array(count);
  for (let label = 0; label < labelCount; label++) {
    const start = (boxNumbers + label) * count;
    for (let i = 0; i < count; i++) {
      const score = output[start + i] as number;
      if (score >= minScore) isWanted[i] = 1;
      else if (Number.isNaN(score)) refuseNaN(i);
    }
  }
  return isWanted;
}
