import { strides } from './grid.ts';
import { type DecodeOptions, type RawBox, refuseNaN, toRawBox } from './raw-box.ts';

/**
 * Decodes rows of `cx, cy, w, h, objectness, class scores...` (1 x cells x (5 + labels)), strides 8, 16, 32 in turn.
 * Raw rows: centre = (offset + cell) * stride, size = exp(value) * stride; with `decoded` all four are input pixels.
 * Formula: YOLOX (Ge et al. 2021, arXiv 2107.08430). Each row keeps its best label; score = objectness * class score.
 * @throws XunjieError `model_failed` on NaN or scores outside 0-1.
 */
export function decodeYolox(output: Float32Array, options: DecodeOptions & { decoded: boolean }): RawBox[] {
  const { inputWidth, inputHeight, labelCount, minScore, decoded } = options;
  const rowLength = 5 + labelCount;
  const boxes: RawBox[] = [];
  let row = 0;
  for (const stride of strides) {
    const columns = Math.floor(inputWidth / stride);
    const lines = Math.floor(inputHeight / stride);
    for (let gridY = 0; gridY < lines; gridY++)
      for (let gridX = 0; gridX < columns; gridX++, row++) {
        const at = row * rowLength;
        const objectness = output[at + 4] as number;
        if (Number.isNaN(objectness)) refuseNaN(row);
        if (objectness < minScore) continue; // class scores are at most 1: the product cannot reach the threshold
        const label = findBestLabel(output, at + 5, labelCount, row);
        const score = objectness * (output[at + 5 + label] as number);
        if (score < minScore) continue;
        const x = output[at] as number;
        const y = output[at + 1] as number;
        const width = output[at + 2] as number;
        const height = output[at + 3] as number;
        boxes.push(
          decoded
            ? toRawBox(x, y, width, height, score, label)
            : toRawBox(
                (x + gridX) * stride,
                (y + gridY) * stride,
                Math.exp(width) * stride,
                Math.exp(height) * stride,
                score,
                label,
              ),
        );
      }
  }
  return boxes;
}

function findBestLabel(output: Float32Array, start: number, count: number, row: number): number {
  let best = 0;
  for (let label = 0; label < count; label++) {
    const score = output[start + label] as number;
    if (Number.isNaN(score)) refuseNaN(row);
    if (score > (output[start + best] as number)) best = label;
  }
  return best;
}
