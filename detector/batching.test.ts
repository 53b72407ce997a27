import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Detector, type DetectorOptions, loadModel, openDetector } from './mod.ts';
import type { OnnxModel } from './test-support/onnx-file.ts';
import { makeTestFolder, quietLogger, writeTinyModel } from './test-support/tiny-card.ts';
import { toPlaneModel } from './test-support/tiny-models.ts';

async function open(onnx: OnnxModel, options: Partial<DetectorOptions>): Promise<Detector> {
  const model = await loadModel(
    await writeTinyModel(await makeTestFolder(), onnx, { labels: ['car', 'person'] }),
  );
  const detector = await openDetector({ model, workers: 1, logger: quietLogger, ...options });
  onTestFinished(() => detector.close());
  return detector;
}

/** A model whose one car has the red level of its picture as score; the batch is fixed, or open. */
const seesRed = (batch: number | string): OnnxModel => toPlaneModel(2, 1 / 255, batch);

const paint = (red: number, pixelWidth = 64, pixelHeight = 64) => ({
  pixels: Uint8Array.from({ length: pixelWidth * pixelHeight * 3 }, (_, i) => (i % 3 === 0 ? red : 9)),
  pixelWidth,
  pixelHeight,
});

describe.each<[string, number | string]>([
  ['a batch that the file fixes', 4],
  ['a batch that the file leaves open', 'batch'],
])('%s', (_name, size) => {
  test('gives every camera the answer it has alone, whatever the size of its pictures', async () => {
    const pictures = Array.from({ length: 40 }, (_, i) =>
      paint(51 + 5 * i, 40 + 7 * (i % 5), 64 - 3 * (i % 4)),
    );
    const alone = await open(seesRed(1), { batch: 1 });
    const batched = await open(seesRed(size), { batch: 4, batchWindowMs: 20 });
    const lookAll = (detector: Detector) =>
      Promise.all(pictures.map((picture, i) => detector.detect(picture, { camera: `c${i}` })));
    const expected = await lookAll(alone);
    expect(await lookAll(batched)).toEqual(expected);
    expect(new Set(expected.map(([thing]) => thing?.score)).size).toBeGreaterThan(30);
    expect(alone.stats()).toMatchObject({ done: 40, batches: 40 });
    expect(batched.stats()).toMatchObject({ done: 40, batches: 10 });
  });
});

test('the model decides how many at most', async () => {
  const detector = await open(seesRed(2), { batch: 16, batchWindowMs: 20 });
  await Promise.all([51, 102, 153, 204].map((red) => detector.detect(paint(red))));
  expect(detector.stats()).toMatchObject({ done: 4, batches: 2 });
});

test('a model for one picture runs unbatched, whatever is asked for', async () => {
  const detector = await open(seesRed(1), { batch: 8 });
  expect(await Promise.all([51, 102].map((red) => detector.detect(paint(red))))).toMatchObject([
    [{ score: 0.2 }],
    [{ score: 0.4 }],
  ]);
  expect(detector.stats()).toMatchObject({ batches: 2 });
});

test('on the processor nothing waits for company unless it is told to', async () => {
  const detector = await open(seesRed('batch'), {});
  await Promise.all([51, 102, 153].map((red) => detector.detect(paint(red))));
  expect(detector.stats()).toMatchObject({ done: 3, batches: 3, provider: 'cpu', fallback: null });
});

/** The detector's own clock stands still until it is moved; the worker runs as ever. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
}

test('a picture alone waits for the window and no longer', async () => {
  const detector = await open(seesRed('batch'), { batch: 8, batchWindowMs: 20 });
  stopClock();
  for (let i = 1; i <= 5; i++) {
    const answer = detector.detect(paint(51), { camera: 'alone' });
    vi.advanceTimersByTime(19);
    expect(detector.stats()).toMatchObject({ running: 0, waiting: 1 });
    vi.advanceTimersByTime(1);
    expect(detector.stats()).toMatchObject({ running: 1, waiting: 0 });
    await answer;
    expect(detector.stats().batches).toBe(i);
  }
  expect(detector.stats().cameras[0]?.waitMs?.p50).toBe(20);
});

test('a camera that sends without end does not push its turn away', async () => {
  const detector = await open(seesRed('batch'), { batch: 8, batchWindowMs: 20 });
  stopClock();
  for (let turn = 0; turn < 3; turn++) {
    let last: Promise<unknown> = Promise.resolve();
    for (let ms = 0; ms < 20; ms++) {
      expect(detector.stats().running).toBe(0);
      last = detector.detect(paint(51), { camera: 'fast' });
      last.catch(() => {}); // given up for the next one
      vi.advanceTimersByTime(1);
    }
    expect(detector.stats()).toMatchObject({ running: 1, waiting: 0 });
    await last;
  }
  expect(detector.stats()).toMatchObject({ batches: 3, done: 3, superseded: 57 });
});

test('a picture that fails is the only one of its batch to fail', async () => {
  // Red 0 makes the score 0 / 0: not a number.
  const onnx = toPlaneModel(2, 1 / 255, 'batch');
  const detector = await open(
    {
      ...onnx,
      nodes: [
        ...onnx.nodes.filter(({ operator }) => operator !== 'Mul'),
        { operator: 'Div', inputs: ['level', 'level'], outputs: ['one_or_nan'] },
        { operator: 'Mul', inputs: ['level', 'one_or_nan'], outputs: ['checked'] },
        { operator: 'Mul', inputs: ['mask', 'checked'], outputs: ['seen'] },
      ].toSorted((a, b) => order.indexOf(a.outputs[0] ?? '') - order.indexOf(b.outputs[0] ?? '')),
    },
    { batch: 4, batchWindowMs: 20 },
  );
  const reds = [51, 0, 102, 204];
  for (let round = 0; round < 2; round++) {
    const answers = await Promise.allSettled(
      reds.map((red, i) => detector.detect(paint(red), { camera: `c${i}` })),
    );
    expect(answers).toMatchObject([
      { value: [{ score: 0.2 }] },
      { reason: { code: 'model_failed', message: expect.stringMatching(/NaN/) } },
      { value: [{ score: 0.4 }] },
      { value: [{ score: 0.8 }] },
    ]);
  }
  // Still in batches: one bad picture does not slow the others down for good.
  expect(detector.stats()).toMatchObject({ batches: 2, done: 6, failed: 2, restarts: 0 });
  expect(detector.stats().cameras.map(({ failed }) => failed)).toEqual([0, 2, 0, 0]);
});

const order = ['one', 'mean', 'level', 'one_or_nan', 'checked', 'seen', 'output'];

test('turns stay even in batches', async () => {
  const detector = await open(seesRed(2), { batch: 2, batchWindowMs: 5 });
  const names = Array.from({ length: 7 }, (_, i) => `c${i}`);
  const served = new Map(names.map((name) => [name, 0]));
  let answered = 0;
  // Every camera has a picture waiting at any time.
  await Promise.all(
    names.map(async (camera) => {
      while (answered < 280) {
        await detector.detect(paint(51), { camera });
        answered++;
        served.set(camera, (served.get(camera) ?? 0) + 1);
      }
    }),
  );
  const counts = [...served.values()];
  expect(Math.min(...counts)).toBeGreaterThan(30);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(3);
});
