import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hashFile } from './hash-file.ts';
import {
  type Detector,
  type DetectorOptions,
  loadModel,
  type ModelCard,
  openDetector,
  readModelCard,
} from './mod.ts';
import type { OnnxModel } from './test-support/onnx-file.ts';
import { makeTestFolder, quietLogger, writeTinyModel } from './test-support/tiny-card.ts';
import {
  type TinyThing,
  tinyCells,
  tinyEdge,
  toFixedModel,
  toPlaneModel,
  toYolov8Columns,
  toYoloxRows,
} from './test-support/tiny-models.ts';

async function open(
  onnx: OnnxModel,
  changes: Partial<ModelCard> = {},
  options: Partial<DetectorOptions> = {},
): Promise<Detector> {
  const model = await loadModel(await writeTinyModel(await makeTestFolder(), onnx, changes));
  const detector = await openDetector({ model, workers: 1, logger: quietLogger, ...options });
  onTestFinished(() => detector.close());
  return detector;
}

function paint(pixelWidth: number, pixelHeight: number, colour: readonly number[] = [0, 0, 0]) {
  const pixels = Uint8Array.from({ length: pixelWidth * pixelHeight * 3 }, (_, i) => colour[i % 3] as number);
  return { pixels, pixelWidth, pixelHeight };
}

const car: TinyThing = {
  stride: 8,
  gridX: 3,
  gridY: 2,
  numbers: [0.5, 0.25, Math.log(2), Math.log(3)],
  objectness: 0.8,
  scores: { 0: 0.9 },
};
const seesCar = toFixedModel(toYoloxRows([car], 3), [1, tinyCells, 8]);

describe('through a worker', () => {
  test('YOLOX boxes come back in 0-1 of pictures of any size', async () => {
    const detector = await open(seesCar);
    expect(detector).toMatchObject({
      maxPixelWidth: tinyEdge,
      maxPixelHeight: tinyEdge,
      model: { name: 'tiny' },
    });
    const box = [0.3125, 0.09375, 0.5625, 0.46875];
    expect(await detector.detect(paint(64, 64))).toEqual([{ class: 'car', score: 0.72, box }]);
    expect(await detector.detect(paint(700, 700))).toEqual([{ class: 'car', score: 0.72, box }]);
    expect(await detector.detect(paint(128, 64))).toEqual([
      { class: 'car', score: 0.72, box: [0.3125, 0.1875, 0.5625, 0.9375] },
    ]);
    expect(detector.stats()).toMatchObject({ done: 3, failed: 0, running: 0, waiting: 0, workers: 1 });
  });

  test('YOLOv8 boxes as well', async () => {
    const columns = toYolov8Columns([{ ...car, numbers: [28, 34, 16, 24] }], 3);
    const detector = await open(toFixedModel(columns, [1, 7, tinyCells]), {
      head: 'yolov8',
      input: { width: 64, height: 64, colour: 'rgb', scale: '0-1', padding: { value: 114, align: 'centre' } },
    });
    expect(await detector.detect(paint(128, 64))).toEqual([
      { class: 'car', score: 0.9, box: [0.3125, 0.1875, 0.5625, 0.9375] },
    ]);
  });

  test.each([
    ['bgr', '0-255', 1 / 255, 0.2],
    ['rgb', '0-255', 1 / 255, 0.8],
    ['rgb', '0-1', 1, 0.8],
  ] as const)('the first plane of %s %s is what the card says', async (colour, scale, factor, score) => {
    const detector = await open(toPlaneModel(0, factor), {
      labels: ['car', 'person'],
      input: { width: 64, height: 64, colour, scale, padding: { value: 114, align: 'top-left' } },
    });
    expect(await detector.detect(paint(64, 64, [204, 0, 51]))).toEqual([
      { class: 'car', score, box: [0.25, 0.25, 0.75, 0.75] },
    ]);
  });

  test('many pictures at once on two workers are answered each with its own', async () => {
    const detector = await open(toPlaneModel(2, 1 / 255), { labels: ['car', 'person'] }, { workers: 2 });
    const levels = Array.from({ length: 60 }, (_, i) => 51 + i * 3);
    const found = await Promise.all(levels.map((level) => detector.detect(paint(64, 64, [level, 0, 0]))));
    expect(found.map(([thing]) => thing?.score)).toEqual(
      levels.map((level) => Number((level / 255).toFixed(4))),
    );
    expect(detector.stats()).toMatchObject({ done: 60, dropped: 0, workers: 2 });
  });

  test('when too many wait, the one farthest from its turn is dropped and counted', async () => {
    const detector = await open(seesCar, {}, { maxWaiting: 1 });
    // Two are with the worker, one waits; there is no room for the fourth.
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => detector.detect(paint(64, 64))));
    expect(answers.map((answer) => answer.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    expect(answers[3]).toMatchObject({ reason: { code: 'detector_busy' } });
    expect(detector.stats()).toMatchObject({ offered: 4, done: 3, dropped: 1, overLimit: 1, superseded: 0 });
  });

  test('pictures wait in no more bytes than allowed, but for kept ones', async () => {
    const bytes = 64 * 64 * 3;
    const detector = await open(seesCar, {}, { maxWaitingBytes: 2 * bytes });
    const lossy = Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => detector.detect(paint(64, 64), { camera: `c${i}` })),
    );
    expect(detector.stats()).toMatchObject({ waiting: 2, waitingBytes: 2 * bytes, overLimit: 8 });
    const kept = Array.from({ length: 12 }, (_, i) =>
      detector.detect(paint(64, 64), { camera: `file${i}`, isKept: true }),
    );
    expect(detector.stats()).toMatchObject({ waiting: 14, waitingBytes: 14 * bytes, overLimit: 8 });
    await expect(Promise.all(kept)).resolves.toHaveLength(12);
    const answers = await lossy; // two were with the worker, two waited
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(detector.stats()).toMatchObject({ offered: 24, done: 16, overLimit: 8, waiting: 0 });
  });

  test('a newer picture of a camera replaces the one that waits, and is counted for it', async () => {
    const detector = await open(toPlaneModel(2, 1 / 255), { labels: ['car', 'person'] });
    const red = (level: number) => paint(64, 64, [level, 0, 0]);
    const answers = await Promise.allSettled([
      detector.detect(red(51), { camera: 'a' }), // at once with the worker
      detector.detect(red(102), { camera: 'a' }),
      detector.detect(red(204), { camera: 'b' }),
      detector.detect(red(255), { camera: 'a' }),
    ]);
    expect(answers).toMatchObject([
      { value: [{ score: 0.2 }] },
      { reason: { code: 'superseded' } },
      { value: [{ score: 0.8 }] },
      { value: [{ score: 1 }] },
    ]);
    const { cameras, ...all } = detector.stats();
    expect(all).toMatchObject({ offered: 4, done: 3, superseded: 1, dropped: 1, failed: 0 });
    expect(cameras).toMatchObject([
      { camera: 'a', offered: 3, done: 2, superseded: 1, isStarved: false },
      { camera: 'b', offered: 1, done: 1, superseded: 0 },
    ]);
    expect(all.waitMs?.p95).toBeGreaterThanOrEqual(all.waitMs?.p50 ?? -1);
    expect(cameras[0]?.ageMs?.p50).toBeGreaterThan(cameras[0]?.waitMs?.p50 ?? Number.NaN);
    detector.forget('a');
    expect(detector.stats().cameras.map(({ camera }) => camera)).toEqual(['b']);
  });

  test('memory that pictures are handed over in does not grow once it is there', async () => {
    const detector = await open(seesCar);
    const look = (i: number) => detector.detect(paint(96, 64), { camera: `c${i % 7}`, isKept: true });
    await Promise.all(Array.from({ length: 20 }, (_, i) => look(i)));
    const { slotBytes } = detector.stats();
    expect(slotBytes).toBe(2 * 96 * 64 * 3);
    await Promise.all(Array.from({ length: 100 }, (_, i) => look(i)));
    expect(detector.stats().slotBytes).toBe(slotBytes);
  });

  test('closing lets what runs finish and rejects what waits', async () => {
    const detector = await open(seesCar);
    const answers = Promise.allSettled([1, 2, 3].map(() => detector.detect(paint(64, 64))));
    await detector.close();
    expect((await answers).map((answer) => answer.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await expect(detector.detect(paint(64, 64))).rejects.toMatchObject({ code: 'model_failed' });
    await detector.close();
  });

  test('NaN is a failure of that picture, and the worker goes on', async () => {
    const detector = await open(toPlaneModel(0, Number.NaN), {
      labels: ['car', 'person'],
      thresholds: { score: 0.1, nmsIou: 0.45 },
    });
    const failure = { code: 'model_failed', message: expect.stringMatching(/^model tiny: .*NaN/) };
    await expect(detector.detect(paint(64, 64))).rejects.toMatchObject(failure);
    await expect(detector.detect(paint(64, 64))).rejects.toMatchObject(failure);
    expect(detector.stats()).toMatchObject({ failed: 2, restarts: 0, workers: 1 });
  });

  test('a picture shorter than its size says is refused', async () => {
    const detector = await open(seesCar);
    await expect(detector.detect({ ...paint(8, 8), pixelWidth: 9 })).rejects.toMatchObject({
      code: 'bad_argument',
      message: 'a picture of 9x8 in RGB24 needs 216 bytes, not 192',
    });
  });
});

describe('opening', () => {
  test.each<[string, Partial<ModelCard>, string, RegExp]>([
    [
      'another number of labels',
      { labels: ['car', 'person'] },
      'model_not_understood',
      /with 2 labels expects an output Nx\(cells of 64x64\)x7; its outputs are "output" 1x84x8/,
    ],
    ['another head', { head: 'yolov8' }, 'model_not_understood', /expects an output Nx7x\(boxes\)/],
    [
      'another input size',
      {
        input: { width: 96, height: 64, colour: 'rgb', scale: '0-1', padding: { value: 0, align: 'centre' } },
      },
      'bad_config',
      /its card says input 1x3x64x96, the file has images float32\[1x3x64x64\]/,
    ],
  ])('a card with %s is refused', async (_name, changes, code, message) => {
    await expect(open(seesCar, changes)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('weights that are no model are refused in one line', async () => {
    const folder = await makeTestFolder();
    const weightsPath = path.join(folder, 'tiny.onnx');
    const cardPath = await writeTinyModel(folder, seesCar);
    await writeFile(weightsPath, 'noise');
    const card = { ...(await readModelCard(cardPath)), sha256: await hashFile(weightsPath) };
    await writeFile(cardPath, JSON.stringify(card));
    const model = await loadModel(cardPath);
    await expect(openDetector({ model, workers: 2, logger: quietLogger })).rejects.toMatchObject({
      code: 'model_not_understood',
      message: expect.stringMatching(/^.*tiny\.onnx cannot be opened as an ONNX model: .*$/),
    });
  });

  test.each([0, -1, 1.5, 1000])('%d workers are refused', async (workers) => {
    await expect(open(seesCar, {}, { workers })).rejects.toMatchObject({ code: 'bad_argument' });
  });

  test.each<[string, Partial<DetectorOptions>]>([
    ['batch', { batch: 0 }],
    ['batch', { batch: 65 }],
    ['batchWindowMs', { batchWindowMs: 21 }],
    ['batchWindowMs', { batchWindowMs: Number.NaN }],
    ['threads', { threads: 1.5 }],
    ['providers', { providers: [] }],
  ])('an odd %s is refused by name: %o', async (name, options) => {
    await expect(open(seesCar, {}, options)).rejects.toMatchObject({
      code: 'bad_argument',
      message: expect.stringContaining(name),
    });
  });
});
