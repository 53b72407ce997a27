import { countCells } from './grid.ts';
import { type DecodeOptions, type RawBox, refuseNaN, toRawBox } from './raw-box.ts';

/**
 * Decodes columns of `cx, cy, w, h, class scores...` (1 x (4 + labels) x cells): boxes in input pixels, no objectness.
 * YOLOv8, v9, v11 and v12 exports share it. Each column keeps its best label.
 * @throws XunjieError `model_failed` on NaN or scores outside 0-1.
 */
export function decodeYolov8(output: Float32Array, options: DecodeOptions): RawBox[] {
  const cells = countCells(options.inputWidth, options.inputHeight);
  const bestScores = output.slice(4 * cells, 5 * cells);
  const bestLabels = new Uint16Array(cells);
  // Label by label, because one label's scores lie together in memory.
  for (let label = 0; label < options.labelCount; label++) {
    const start = (4 + label) * cells;
    for (let cell = 0; cell < cells; cell++) {
      const score = output[start + cell] as number;
      if (Number.isNaN(score)) refuseNaN(cell);
      if (score > (bestScores[cell] as number)) {
        bestScores[cell] = score;
        bestLabels[cell] = label;
      }
    }
  }
  const boxes: RawBox[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const score = bestScores[cell] as number;
    if (score < options.minScore) continue;
    boxes.push(
      toRawBox(
        output[cell] as number,
        output[cells + cell] as number,
        output[2 * cells + cell] as number,
        output[3 * cells + cell] as number,
        score,
        bestLabels[cell] as number,
      ),
    );
  }
  return boxes;
}
