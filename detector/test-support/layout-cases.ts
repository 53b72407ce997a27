import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { ModelCard } from '../model-card.ts';
import type { Picture } from '../picture.ts';
import { openPictureModel } from '../picture-model.ts';
import { type LayoutModelOptions, type LayoutOutput, toLayoutModel } from './layout-model.ts';
import { writeOnnxFile } from './onnx-file.ts';
import { makeTestFolder } from './tiny-card.ts';
import { tinyCells } from './tiny-models.ts';

export const labels = ['person', 'car', 'teapot'];
export const names = "{0: 'person', 1: 'car', 2: 'teapot'}";

/** A table with one row set, the others from `fill`. */
export function toRows(
  count: number,
  at: number,
  row: readonly number[],
  fill: (i: number) => readonly number[],
) {
  return Array.from({ length: count }, (_, i) => (i === at ? row : fill(i))).flat();
}

export function flip(rows: readonly number[], columns: number): number[] {
  const count = rows.length / columns;
  return Array.from(
    { length: rows.length },
    (_, i) => rows[(i % count) * columns + Math.floor(i / count)] as number,
  );
}

export function paint(red: number, pixelWidth = 64, pixelHeight = 64): Picture {
  const colour = [red, 20, 40];
  const pixels = Uint8Array.from({ length: pixelWidth * pixelHeight * 3 }, (_, i) => colour[i % 3] as number);
  return { pixels, pixelWidth, pixelHeight };
}

export async function write(options: LayoutModelOptions): Promise<string> {
  const file = path.join(await makeTestFolder(), 'tiny.onnx');
  await writeOnnxFile(file, toLayoutModel(options));
  return file;
}

export async function detect(card: ModelCard, weightsPath: string, pictures: readonly Picture[]) {
  const model = await openPictureModel({ card, weightsPath, report: 'labels' });
  onTestFinished(() => model.release());
  const { found } = await model.detect(pictures);
  return found.map((each) =>
    each.map(({ label, score, box }) => ({
      label: card.labels[label],
      score: Number(score.toFixed(3)),
      box: box.map((value) => Number(value.toFixed(4))),
    })),
  );
}

// One car at 16, 8 to 48, 40 of a 64 x 64 input, with a score of 0.5.
export const car = { label: 'car', score: 0.5, box: [0.25, 0.125, 0.75, 0.625] };
export const corners = [16, 8, 48, 40];
export const centred = [32, 24, 32, 32];
export const centred01 = centred.map((value) => value / 64);
export const cells = tinyCells;

/** Boxes of background cells, in input pixels, as a trained model gives them everywhere. */
export const cellBox = (i: number) => [4 + ((i * 8) % 64), 4 + ((i * 8) % 64), 8, 8];
export const logit = (score: number) => Math.log(score / (1 - score));

export const one = (dims: readonly number[], values: readonly number[]): LayoutOutput[] => [
  { name: 'output0', dims: [1, ...dims], values },
];

export const v8Rows = toRows(cells, 9, [...centred, 0.01, 0.5, 0.01], (i) => [...cellBox(i), 0, 0.01, 0]);

export const targetSizes = { name: 'orig_target_sizes', type: 'int64', dims: [1, 2] } as const;

export const parts = (scale: number): LayoutOutput[] => [
  {
    name: 'boxes',
    dims: [1, 10, 4],
    values: toRows(
      10,
      3,
      corners.map((value) => (value / 64) * scale),
      () => [0, 0, scale / 8, scale / 8],
    ),
  },
  { name: 'scores', dims: [1, 10], values: toRows(10, 3, [0.5], () => [0.02]) },
  { name: 'labels', type: 'int64', dims: [1, 10], values: toRows(10, 3, [1], (i) => [i % 3]) },
];
