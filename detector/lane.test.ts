import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Detector, openDetectorOn } from './detector.ts';
import { quietLogger, tinyCard } from './test-support/tiny-card.ts';

/**
 * A worker that answers by the first byte of the picture: 0 with nothing found, 1 by dying, 2 by looping for ever.
 * Threads that really die and hang, in place of a model that does.
 */
const moodyWorker = `
  const { parentPort } = require('node:worker_threads');
  const timing = { prepareMs: 0, inferMs: 0, decodeMs: 0 };
  const slots = [];
  parentPort.on('message', (message) => {
    if (message.type === 'close') return parentPort.close();
    if (message.type === 'slot') return void (slots[message.slot] = message.pixels);
    const answers = message.pictures.map(({ slot }) => {
      const mood = new Uint8Array(slots[slot])[0];
      if (mood === 1) process.exit(7);
      if (mood === 2) for (;;);
      return { detections: [] };
    });
    parentPort.postMessage({ type: 'done', job: message.job, answers, timing, maxBatch: 4 });
  });
  parentPort.postMessage({ type: 'ready', provider: 'cpu', skipped: [], steps: null, maxBatch: 4 });
`;

const fine = 0;
const deadly = 1;
const silent = 2;

async function open(
  limits: {
    jobTimeoutMs?: number;
    source?: string;
    startTimeoutMs?: number;
    endTimeoutMs?: number;
    restMs?: number;
    batch?: number;
    batchWindowMs?: number;
    onStarted?: (worker: Worker) => void;
  } = {},
): Promise<Detector> {
  const detector = await openDetectorOn(
    {
      startWorker() {
        const worker = new Worker(limits.source ?? moodyWorker, { eval: true });
        limits.onStarted?.(worker);
        return worker;
      },
      jobTimeoutMs: 10_000,
      startTimeoutMs: 10_000,
      endTimeoutMs: 5000,
      maxDeaths: 3,
      restMs: 60_000,
      ...limits,
    },
    {
      model: {
        card: { ...tinyCard, sha256: '0'.repeat(64) },
        weightsPath: 'none',
        ref: { name: 'tiny', sha256: '0'.repeat(64) },
      },
      workers: 1,
      logger: quietLogger,
      ...(limits.batch !== undefined && { batch: limits.batch }),
      ...(limits.batchWindowMs !== undefined && { batchWindowMs: limits.batchWindowMs }),
    },
  );
  onTestFinished(() => detector.close());
  return detector;
}

const picture = (mood: number) => ({ pixels: Uint8Array.of(mood, 0, 0), pixelWidth: 1, pixelHeight: 1 });

test('a worker that dies costs the picture it had; the others are seen by its successor', async () => {
  const detector = await open();
  const moods = [fine, deadly, fine, fine, fine];
  const answers = await Promise.allSettled(moods.map((mood) => detector.detect(picture(mood))));
  expect(answers.map((answer) => answer.status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
  expect(answers[1]).toMatchObject({
    reason: { code: 'model_failed', message: 'model tiny: its worker thread died: exit code 7' },
  });
  expect(detector.stats()).toMatchObject({ done: 4, failed: 1, restarts: 1, workers: 1 });
});

test('a worker that stays silent is ended and replaced', async () => {
  const detector = await open({ jobTimeoutMs: 1000 });
  await expect(detector.detect(picture(silent))).rejects.toMatchObject({
    code: 'model_failed',
    message: 'model tiny: its worker thread died: no answer within 1 s',
  });
  await expect(detector.detect(picture(fine))).resolves.toEqual([]);
});

test('after four deaths in a row the worker rests, and every picture is refused at once', async () => {
  const detector = await open();
  const answers = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(() => detector.detect(picture(deadly))));
  const reasons = answers.map((answer) =>
    answer.status === 'rejected' ? (answer.reason as Error).message : '',
  );
  expect(reasons.slice(0, 4)).toEqual(Array(4).fill('model tiny: its worker thread died: exit code 7'));
  expect(reasons.slice(4)).toEqual(
    Array(2).fill(
      'model tiny: no worker thread is left; the last died of: exit code 7; another is tried soon',
    ),
  );
  await expect(detector.detect(picture(fine))).rejects.toThrow('no worker thread is left');
  expect(detector.stats()).toMatchObject({ restarts: 3, workers: 0, offered: 7, failed: 7 });
});

test('after its rest another worker is tried, and good work goes on', async () => {
  const detector = await open({ restMs: 300 });
  await Promise.allSettled([1, 2, 3, 4].map(() => detector.detect(picture(deadly))));
  expect(detector.stats().workers).toBe(0);
  await vi.waitFor(() => expect(detector.detect(picture(fine))).resolves.toEqual([]), { timeout: 20_000 });
  expect(detector.stats()).toMatchObject({ workers: 1, done: 1 });
});

test('closing while a worker rests ends at once', async () => {
  const detector = await open();
  await Promise.allSettled([1, 2, 3, 4].map(() => detector.detect(picture(deadly))));
  await detector.close();
  await expect(detector.detect(picture(fine))).rejects.toThrow('closed');
});

test('a worker that cannot be ended is left behind, and its memory is not used again', async () => {
  const workers: Worker[] = [];
  const detector = await open({
    jobTimeoutMs: 1000,
    endTimeoutMs: 200,
    onStarted(worker) {
      // Stuck in native code, as a driver that hangs: nothing ends the thread.
      if (workers.push(worker) === 1) worker.terminate = async () => 0;
    },
  });
  onTestFinished(async () => {
    for (const worker of workers) await Worker.prototype.terminate.call(worker);
  });
  const answers = await Promise.allSettled([silent, fine].map((mood) => detector.detect(picture(mood))));
  expect(answers).toMatchObject([
    {
      reason: {
        message: expect.stringMatching(/no answer within 1 s; it does not end and is left behind$/),
      },
    },
    { status: 'fulfilled', value: [] },
  ]);
  expect(detector.stats()).toMatchObject({ restarts: 1, workers: 1, done: 1, failed: 1 });
  await detector.close();
});

test('in a batch, a worker that dies costs the pictures of the batch and no other', async () => {
  const detector = await open({ batch: 4, batchWindowMs: 20 });
  const moods = [fine, deadly, fine, fine, fine, fine, fine];
  const answers = await Promise.allSettled(moods.map((mood) => detector.detect(picture(mood))));
  expect(answers.map((answer) => answer.status)).toEqual([
    ...Array<string>(4).fill('rejected'),
    ...Array<string>(3).fill('fulfilled'),
  ]);
  expect(detector.stats()).toMatchObject({ batches: 1, done: 3, failed: 4, restarts: 1 });
});

test('no rejection is left unhandled when workers die and all is closed at once', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const detector = await open({ jobTimeoutMs: 200 });
  const answers = Promise.allSettled([deadly, silent, fine].map((mood) => detector.detect(picture(mood))));
  await Promise.all([detector.close(), detector.close()]);
  await answers;
  await open({ source: 'process.exit(3)' }).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(unhandled).toEqual([]);
});

test('deaths with good work between them are all replaced', async () => {
  const detector = await open();
  for (let i = 0; i < 6; i++) {
    await expect(detector.detect(picture(deadly))).rejects.toThrow('died');
    await expect(detector.detect(picture(fine))).resolves.toEqual([]);
  }
  expect(detector.stats()).toMatchObject({ restarts: 6, workers: 1 });
});

test('closing answers what a hanging worker had and what stood behind it', async () => {
  const detector = await open({ jobTimeoutMs: 200 });
  const answers = Promise.allSettled([silent, fine, fine].map((mood) => detector.detect(picture(mood))));
  await detector.close();
  expect((await answers).map((answer) => answer.status)).toEqual(['rejected', 'rejected', 'rejected']);
});

test('closing ends a worker that hangs', async () => {
  const detector = await open({ jobTimeoutMs: 200 });
  const answers = Promise.allSettled([detector.detect(picture(silent))]);
  await detector.close();
  expect(await answers).toMatchObject([
    { reason: { message: expect.stringMatching(/no answer within 0\.2 s$/) } },
  ]);
});

test.each<[string, string, RegExp, number?]>([
  ['dies before it is ready', 'process.exit(3)', /^model tiny: exit code 3$/],
  ['throws before it is ready', "throw new Error('no libraries')", /^model tiny: no libraries$/],
  ['never gets ready', 'setInterval(() => {}, 1000)', /^model tiny: no answer within 0\.5 s$/, 500],
])('opening fails when the worker %s', async (_name, source, message, startTimeoutMs = 20_000) => {
  await expect(open({ source, startTimeoutMs })).rejects.toMatchObject({
    code: 'model_failed',
    message: expect.stringMatching(message),
  });
});
