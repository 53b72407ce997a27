import { findStrides, strides } from './grid.ts';
import { type DecodeOptions, pickLabels, type RawBox, refuseNaN, toRawBox } from './raw-box.ts';

/** Where a row's box is, in input pixels, from its four numbers; called with rows in order. */
type ToBox = (
  x: number,
  y: number,
  width: number,
  height: number,
) => readonly [cx: number, cy: number, width: number, height: number];

/**
 * Decodes rows of `cx, cy, w, h, objectness, class scores...` (1 x rows x (5 + labels)) with boxes in input pixels, or
 * 0-1 of the input when the layout says so: YOLOv5, v7, v6 and YOLOX decoded in the graph.
 * Score = objectness * class score. @throws XunjieError `model_failed` on NaN or scores outside 0-1.
 */
export function decodeObjectnessRows(output: Float32Array, options: DecodeOptions): RawBox[] {
  const factorX = options.layout.normalised ? options.inputWidth : 1;
  const factorY = options.layout.normalised ? options.inputHeight : 1;
  return decodeRows(output, options, () => (x, y, width, height) => [
    x * factorX,
    y * factorY,
    width * factorX,
    height * factorY,
  ]);
}

/**
 * Decodes YOLOX rows as the network gives them, the cells of stride 8, 16, 32 in turn:
 * centre = (offset + cell) * stride, size = exp(value) * stride.
 * Formula: YOLOX (Ge et al. 2021, arXiv 2107.08430). @throws XunjieError `model_failed` on NaN or scores outside 0-1.
 */
export function decodeYoloxGrid(output: Float32Array, options: DecodeOptions): RawBox[] {
  const { inputWidth, inputHeight, labelCount } = options;
  const used = findStrides(inputWidth, inputHeight, output.length / (5 + labelCount)) ?? strides;
  const cells = used.flatMap((stride) => {
    const columns = Math.floor(inputWidth / stride);
    return [{ stride, columns, count: columns * Math.floor(inputHeight / stride) }];
  });
  return decodeRows(output, options, (row) => {
    let first = 0;
    let level = 0;
    while (level < cells.length - 1 && row >= first + (cells[level]?.count as number))
      first += cells[level++]?.count as number;
    const { stride, columns } = cells[level] as (typeof cells)[number];
    const gridX = (row - first) % columns;
    const gridY = Math.floor((row - first) / columns);
    return (x, y, width, height) => [
      (x + gridX) * stride,
      (y + gridY) * stride,
      Math.exp(width) * stride,
      Math.exp(height) * stride,
    ];
  });
}

function decodeRows(output: Float32Array, options: DecodeOptions, toBoxOf: (row: number) => ToBox): RawBox[] {
  const rowLength = 5 + options.labelCount;
  const boxes: RawBox[] = [];
  for (let row = 0, at = 0; at + rowLength <= output.length; row++, at += rowLength) {
    const objectness = output[at + 4] as number;
    if (Number.isNaN(objectness)) refuseNaN(row);
    if (objectness < options.minScore) continue; // class scores are at most 1: the product cannot reach the threshold
    pickLabels(output, at + 5, 1, row, objectness, options, (label, score) => {
      const box = toBoxOf(row)(
        output[at] as number,
        output[at + 1] as number,
        output[at + 2] as number,
        output[at + 3] as number,
      );
      boxes.push(toRawBox(...box, score, label));
    });
  }
  return boxes;
}
