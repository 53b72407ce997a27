import { expect, test } from 'vitest';
import { guessHere } from './test-support/guess-here.ts';
import { cells, corners, detect, names, paint, toRows, write } from './test-support/layout-cases.ts';
import type { LayoutOutput } from './test-support/layout-model.ts';

const metadata = { names };

test('rows for anchors are not taken for queries, nor YOLOs of other programs for others', async () => {
  const anchors: LayoutOutput[] = [
    { name: 'regression', dims: [1, 9 * 900, 4], values: new Float32Array(9 * 900 * 4).fill(0.2) },
    { name: 'classification', dims: [1, 9 * 900, 3], values: new Float32Array(9 * 900 * 3).fill(0.01) },
  ];
  await expect(guessHere(await write({ outputs: anchors, metadata }))).rejects.toMatchObject({
    code: 'model_not_understood',
    message: expect.stringMatching(/"regression" has 8100 rows.*SSD, RetinaNet and EfficientDet/),
  });
  // As many rows as cells, but sizes below nothing: no boxes.
  const raw: LayoutOutput[] = [
    { name: 'regression', dims: [1, cells, 4], values: new Float32Array(cells * 4).fill(-0.2) },
    { name: 'scores', dims: [1, cells, 3], values: new Float32Array(cells * 3).fill(1.5) },
  ];
  const guess = guessHere(await write({ outputs: raw, metadata }));
  await expect(guess.then(({ card }) => card.layout?.normalised ?? false)).resolves.toBe(false);
});

test("TensorFlow's detection models are named as such", async () => {
  const outputs: LayoutOutput[] = [
    { name: 'detection_boxes', dims: [1, 10, 4], values: toRows(10, -1, [], () => [0.1, 0.1, 0.5, 0.5]) },
    { name: 'detection_classes', dims: [1, 10], values: toRows(10, -1, [], () => [3]) },
    { name: 'detection_scores', dims: [1, 10], values: toRows(10, -1, [], () => [0.4]) },
    { name: 'num_detections', dims: [1], values: [10] },
  ];
  await expect(guessHere(await write({ outputs, metadata }))).rejects.toMatchObject({
    code: 'model_not_understood',
    message: expect.stringMatching(/TensorFlow's detection models.*upper edge.*counted from 1/),
  });
});

test("MMDetection's boxes are prepared as RTMDet's, and classes counted from 1 ask for a name of 0", async () => {
  const outputs: LayoutOutput[] = [
    { name: 'dets', dims: [1, 2, 5], values: [...corners, 0.5, ...corners, 0.4] },
    { name: 'labels', type: 'int64', dims: [1, 2], values: [3, 1] },
  ];
  const file = await write({ outputs, metadata });
  const { card, guesses } = await guessHere(file);
  expect(card.input).toMatchObject({ colour: 'bgr', scale: 'mean-std', padding: { align: 'top-left' } });
  expect(guesses).toEqual(expect.arrayContaining([expect.stringMatching(/as MMDetection, which writes/)]));
  await expect(detect(card, file, [paint(0)])).rejects.toMatchObject({
    code: 'model_failed',
    message: expect.stringMatching(/label 3 .*--labels with a first line for it/),
  });
});
