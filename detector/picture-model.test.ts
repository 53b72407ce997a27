import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openPictureModel } from './picture-model.ts';
import { writeOnnxFile } from './test-support/onnx-file.ts';
import { makeTestFolder, tinyCard } from './test-support/tiny-card.ts';
import { toPlaneModel, toUnrolledModel } from './test-support/tiny-models.ts';

/** Opens a model whose one car has the red level of each picture as its score. */
async function open(batch: number | string, onnx = toPlaneModel(2, 1 / 255, batch)) {
  const weightsPath = path.join(await makeTestFolder(), 'tiny.onnx');
  await writeOnnxFile(weightsPath, onnx);
  const card = { ...tinyCard, labels: ['car', 'person'], sha256: '0'.repeat(64) };
  const model = await openPictureModel({ card, weightsPath, report: 'classes' });
  onTestFinished(() => model.release());
  return model;
}

const paint = (red: number, pixelWidth = 64) => ({
  pixels: Uint8Array.from({ length: pixelWidth * 64 * 3 }, (_, i) => (i % 3 === 0 ? red : 7)),
  pixelWidth,
  pixelHeight: 64,
});
const toScores = ({ found }: { found: readonly (readonly { score: number }[])[] }) =>
  found.map((each) => each.map(({ score }) => score));

test('a batch of one', async () => {
  const model = await open(1);
  expect(model.maxBatch).toBe(1);
  expect(toScores(await model.detect([paint(51)]))).toEqual([[0.2]]);
  await expect(model.detect([paint(51), paint(51)])).rejects.toMatchObject({
    code: 'bad_argument',
    message: '1 to 1 pictures at once, not 2',
  });
  await expect(model.detect([])).rejects.toMatchObject({ code: 'bad_argument' });
});

test('a fixed batch is filled up, and every picture gets its own answer', async () => {
  const model = await open(3);
  expect(model.maxBatch).toBe(3);
  expect(toScores(await model.detect([paint(51), paint(102), paint(204)]))).toEqual([[0.2], [0.4], [0.8]]);
  expect(toScores(await model.detect([paint(153)]))).toEqual([[0.6]]);
  const { found, timing } = await model.detect([paint(51), paint(102, 32)]);
  expect(found[0]?.[0]?.box).toEqual([0.25, 0.25, 0.75, 0.75]);
  expect(found[1]?.[0]?.box).toEqual([0.5, 0.25, 1, 0.75]);
  expect(timing.inferMs).toBeGreaterThan(0);
});

test('an open batch takes what comes', async () => {
  const model = await open('batch');
  expect(model.maxBatch).toBe(16);
  const reds = [51, 102, 204, 153, 255];
  const scores = reds.map((red) => [red / 255]);
  expect(toScores(await model.detect(reds.slice(0, 1).map((red) => paint(red))))).toEqual(scores.slice(0, 1));
  expect(toScores(await model.detect(reds.map((red) => paint(red))))).toEqual(scores);
  expect(toScores(await model.detect(reds.slice(1, 3).map((red) => paint(red))))).toEqual(scores.slice(1, 3));
  expect(model.maxBatch).toBe(16);
});

test.each([1, 3])('an open batch of which the file sees only %i loses no picture', async (unrolled) => {
  const model = await open('batch', toUnrolledModel(2, 1 / 255, unrolled));
  const reds = [51, 102, 204, 153, 255];
  const scores = reds.map((red) => [red / 255]);
  expect(toScores(await model.detect(reds.map((red) => paint(red))))).toEqual(scores);
  expect(model.maxBatch).toBe(unrolled);
  expect(toScores(await model.detect(reds.slice(0, unrolled).map((red) => paint(red))))).toEqual(
    scores.slice(0, unrolled),
  );
});
