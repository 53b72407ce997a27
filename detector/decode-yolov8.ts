import { type DecodeOptions, pickLabels, type RawBox, refuseNaN, toRawBox } from './raw-box.ts';

/**
 * Decodes columns of `cx, cy, w, h, class scores...` (1 x (4 + labels) x boxes), or the same as rows when the layout is
 * transposed: boxes in input pixels (0-1 when normalised), no objectness. YOLOv8, v9, v11 and v12 exports share it.
 * @throws XunjieError `model_failed` on NaN or scores outside 0-1.
 */
export function decodeYolov8(output: Float32Array, options: DecodeOptions): RawBox[] {
  const { labelCount, minScore, layout } = options;
  const length = 4 + labelCount;
  const count = Math.floor(output.length / length);
  const boxStep = layout.transposed ? length : 1;
  const numberStep = layout.transposed ? 1 : count;
  const factorX = layout.normalised ? options.inputWidth : 1;
  const factorY = layout.normalised ? options.inputHeight : 1;
  const isWanted = layout.transposed ? null : findWanted(output, count, labelCount, minScore);
  const boxes: RawBox[] = [];
  for (let i = 0; i < count; i++) {
    if (isWanted !== null && isWanted[i] === 0) continue;
    const at = i * boxStep;
    pickLabels(output, at + 4 * numberStep, numberStep, i, 1, options, (label, score) =>
      boxes.push(
        toRawBox(
          (output[at] as number) * factorX,
          (output[at + numberStep] as number) * factorY,
          (output[at + 2 * numberStep] as number) * factorX,
          (output[at + 3 * numberStep] as number) * factorY,
          score,
          label,
        ),
      ),
    );
  }
  return boxes;
}

/** Columns with any score at the threshold, found label by label because one label's scores lie together in memory. */
function findWanted(output: Float32Array, count: number, labelCount: number, minScore: number): Uint8Array {
  const isWanted = new Uint8Array(count);
  for (let label = 0; label < labelCount; label++) {
    const start = (4 + label) * count;
    for (let i = 0; i < count; i++) {
      const score = output[start + i] as number;
      if (score >= minScore) isWanted[i] = 1;
      else if (Number.isNaN(score)) refuseNaN(i);
    }
  }
  return isWanted;
}
