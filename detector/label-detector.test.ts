import { expect, onTestFinished, test } from 'vitest';
import { loadModel, openLabelDetector, type ThresholdOverrides } from './mod.ts';
import { makeTestFolder, quietLogger, writeTinyModel } from './test-support/tiny-card.ts';
import { type TinyThing, tinyCells, toFixedModel, toYoloxRows } from './test-support/tiny-models.ts';

const teapot: TinyThing = {
  stride: 8,
  gridX: 3,
  gridY: 2,
  numbers: [0.5, 0.25, Math.log(2), Math.log(3)],
  scores: { 2: 0.9 },
};
const beside: TinyThing = {
  ...teapot,
  gridX: 4,
  numbers: [-0.4, 0.25, Math.log(2), Math.log(3)],
  scores: { 2: 0.5 },
};
const weak: TinyThing = { ...teapot, gridX: 6, gridY: 6, scores: { 0: 0.05 } };

async function detect(thresholds: ThresholdOverrides) {
  const onnx = toFixedModel(toYoloxRows([teapot, beside, weak], 3), [1, tinyCells, 8]);
  const model = await loadModel(await writeTinyModel(await makeTestFolder(), onnx));
  const detector = await openLabelDetector({ model, workers: 1, logger: quietLogger, thresholds });
  onTestFinished(() => detector.close());
  expect(detector.labels).toEqual(['car', 'person', 'teapot']);
  const pixels = new Uint8Array(64 * 64 * 3);
  const found = await detector.detect({ pixels, pixelWidth: 64, pixelHeight: 64 });
  return found.map(({ label, score }) => [label, Number(score.toFixed(4))]);
}

test.each<[string, ThresholdOverrides, number[][]]>([
  ['by the card, labels without a class as well', {}, [[2, 0.9]]],
  [
    'down to a lower score',
    { score: 0.01 },
    [
      [2, 0.9],
      [0, 0.05],
    ],
  ],
  [
    'with more overlap allowed',
    { nmsIou: 0.95 },
    [
      [2, 0.9],
      [2, 0.5],
    ],
  ],
  [
    'no more than asked for',
    { score: 0.01, nmsIou: 1, maxDetections: 2 },
    [
      [2, 0.9],
      [2, 0.5],
    ],
  ],
])('labels are reported %s', async (_name, thresholds, expected) => {
  expect(await detect(thresholds)).toEqual(expected);
});
