import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Box } from '../../domain/mod.ts';
import type { Picture } from '../picture.ts';

interface PlainDetection {
  readonly label: number;
  readonly score: number;
  readonly box: Box;
}

/**
 * A second, slow and plain YOLOX for checking the real one: its own tensor, grid and suppression in doubles, nothing
 * shared. The picture must fit the input exactly in one direction.
 */
export async function detectPlainly(
  weightsPath: string,
  picture: Picture,
  edge: number,
  labels: ReadonlySet<number>,
): Promise<PlainDetection[]> {
  const { pixels, pixelWidth, pixelHeight } = picture;
  const input = Float32Array.from({ length: 3 * edge * edge }, (_, i) => {
    const plane = Math.floor(i / (edge * edge));
    const x = i % edge;
    const y = Math.floor((i % (edge * edge)) / edge);
    return x < pixelWidth && y < pixelHeight
      ? (pixels[3 * (y * pixelWidth + x) + (2 - plane)] as number)
      : 114;
  });
  const session = await InferenceSession.create(weightsPath, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const result = await session.run({ images: new Tensor('float32', input, [1, 3, edge, edge]) });
  const output = result['output'];
  if (output === undefined) throw new Error('the model has no output called output');
  const [, rows, columns] = output.dims as [number, number, number];
  const values = output.data as Float32Array;
  await session.release();

  const cells: { x: number; y: number; stride: number }[] = [];
  for (const stride of [8, 16, 32])
    for (let i = 0; i < (edge / stride) ** 2; i++)
      cells.push({ x: i % (edge / stride), y: Math.floor(i / (edge / stride)), stride });
  const all: PlainDetection[] = [];
  for (let row = 0; row < rows; row++) {
    const [dx, dy, logWidth, logHeight, objectness, ...scores] = values.subarray(
      row * columns,
      (row + 1) * columns,
    );
    const cell = cells[row];
    if (
      cell === undefined ||
      dx === undefined ||
      dy === undefined ||
      logWidth === undefined ||
      logHeight === undefined
    )
      throw new Error(`row ${row} has no cell`);
    const best = Math.max(...scores);
    const [cx, cy] = [(dx + cell.x) * cell.stride, (dy + cell.y) * cell.stride];
    const [width, height] = [Math.exp(logWidth) * cell.stride, Math.exp(logHeight) * cell.stride];
    all.push({
      label: scores.indexOf(best),
      score: (objectness ?? 0) * best,
      box: [cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2],
    });
  }
  let left = all
    .filter((each) => each.score >= 0.1 && labels.has(each.label))
    .toSorted((a, b) => b.score - a.score);
  const kept: PlainDetection[] = [];
  for (let next = left[0]; next !== undefined; next = left[0]) {
    const top = next;
    kept.push(top);
    left = left.slice(1).filter((each) => each.label !== top.label || overlap(each.box, top.box) <= 0.45);
  }
  return kept.map(({ label, score, box: [x1, y1, x2, y2] }) => ({
    label,
    score,
    box: [
      Math.max(0, x1 / pixelWidth),
      Math.max(0, y1 / pixelHeight),
      Math.min(1, x2 / pixelWidth),
      Math.min(1, y2 / pixelHeight),
    ],
  }));
}

function area(box: Box): number {
  return (box[2] - box[0]) * (box[3] - box[1]);
}

function overlap(a: Box, b: Box): number {
  const width = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
  const height = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  return (width * height) / (area(a) + area(b) - width * height);
}
