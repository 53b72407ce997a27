import { expect, test } from 'vitest';
import { guessHere } from './test-support/guess-here.ts';
import { cellBox, cells, flip, one, write } from './test-support/layout-cases.ts';

const toColumns = (toExtra: (i: number) => readonly number[]): number[] => {
  const rows = Array.from({ length: cells }, (_, i) => [...cellBox(i), ...toExtra(i)]);
  return flip(rows.flat(), rows[0]?.length ?? 0);
};
const points = (i: number): number[] =>
  Array.from({ length: 17 }, (_, k) => [8 + ((i + k) % 50), 20 + k, 0.4]).flat();
const masks = (count: number) => ({
  name: 'output1',
  dims: [1, count, 16, 16],
  values: new Float32Array(count * 256).fill(0.5),
});
const coefficients = Array<number>(32).fill(-0.3);

test.each([
  [
    'YOLOv8-seg and YOLO11-seg',
    [
      ...one(
        [4 + 3 + 32, cells],
        toColumns(() => [0.1, 0.2, 0.1, ...coefficients]),
      ),
      masks(32),
    ],
    /output "output1" holds masks, as segmentation models give them; export the model .* boxes alone/,
  ],
  [
    'YOLOv5-seg',
    [
      ...one(
        [3 * cells, 8 + 32],
        Array.from({ length: 3 * cells }, (_, i) => [
          ...cellBox(i),
          0.1,
          0.1,
          0.2,
          0.1,
          ...coefficients,
        ]).flat(),
      ),
      masks(32),
    ],
    /holds masks/,
  ],
  [
    'YOLO26-seg, its boxes selected',
    [
      ...one(
        [30, 6 + 32],
        Array.from({ length: 30 }, (_, i) => [1, 2, 30, 40, 0.4, i % 3, ...coefficients]).flat(),
      ),
      masks(32),
    ],
    /holds masks/,
  ],
  [
    'YOLOv8-pose',
    one(
      [4 + 1 + 51, cells],
      toColumns((i) => [0.1, ...points(i)]),
    ),
    /output "output0" holds key points, as pose models give them/,
  ],
  [
    'YOLOv8-obb',
    one(
      [4 + 3 + 1, cells],
      toColumns((i) => [0.1, 0.2, 0.1, -0.7 + (i % 3)]),
    ),
    /output "output0" holds an angle for each box/,
  ],
  [
    'RTMDet-R of MMRotate',
    [
      {
        name: 'dets',
        dims: [1, 5, 6],
        values: Array.from({ length: 5 }, (_, i) => [30, 30, 20, 10, 0.3 * i, 0.4]).flat(),
      },
      { name: 'labels', type: 'int64', dims: [1, 5], values: [0, 1, 2, 0, 1] },
    ],
    /output "dets" holds an angle and a score for each box/,
  ],
] as const)(
  '%s is refused with what it is, with nothing embedded that says so',
  async (_name, outputs, why) => {
    await expect(guessHere(await write({ outputs }))).rejects.toMatchObject({
      code: 'model_not_understood',
      message: expect.stringMatching(why),
    });
  },
);
