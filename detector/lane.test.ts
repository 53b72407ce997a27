import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { type Detector, openDetectorOn } from './detector.ts';
import { quietLogger, tinyCard } from './test-support/tiny-card.ts';

/**
 * A worker that answers by the first byte of the picture: 0 with nothing found, 1 by dying, 2 by looping for ever.
 * Threads that really die and hang, in place of a model that does.
 */
const moodyWorker = `
  const { parentPort } = require('node:worker_threads');
  const timing = { prepareMs: 0, inferMs: 0, decodeMs: 0 };
  parentPort.on('message', (message) => {
    if (message.type === 'close') return parentPort.close();
    const mood = new Uint8Array(message.pixels)[0];
    if (mood === 1) process.exit(7);
    if (mood === 2) for (;;);
    parentPort.postMessage({ type: 'done', job: message.job, detections: [], timing });
  });
  parentPort.postMessage({ type: 'ready' });
`;

const fine = 0;
const deadly = 1;
const silent = 2;

async function open(
  limits: { jobTimeoutMs?: number; source?: string; startTimeoutMs?: number } = {},
): Promise<Detector> {
  const detector = await openDetectorOn(
    {
      startWorker: () => new Worker(limits.source ?? moodyWorker, { eval: true }),
      jobTimeoutMs: 10_000,
      startTimeoutMs: 10_000,
      maxDeaths: 3,
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
  const detector = await open({ jobTimeoutMs: 300 });
  await expect(detector.detect(picture(silent))).rejects.toMatchObject({
    code: 'model_failed',
    message: 'model tiny: its worker thread died: no answer within 0.3 s',
  });
  await expect(detector.detect(picture(fine))).resolves.toEqual([]);
});

test('after four deaths in a row nothing is replaced, and every picture is refused at once', async () => {
  const detector = await open();
  const answers = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(() => detector.detect(picture(deadly))));
  const reasons = answers.map((answer) =>
    answer.status === 'rejected' ? (answer.reason as Error).message : '',
  );
  expect(reasons.slice(0, 4)).toEqual(Array(4).fill('model tiny: its worker thread died: exit code 7'));
  expect(reasons.slice(4)).toEqual(
    Array(2).fill('model tiny: no worker thread is left; the last died of: exit code 7'),
  );
  await expect(detector.detect(picture(fine))).rejects.toThrow('no worker thread is left');
  expect(detector.stats()).toMatchObject({ restarts: 3, workers: 0, failed: 4 });
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

test.each([
  ['dies before it is ready', 'process.exit(3)', /^model tiny: exit code 3$/],
  ['throws before it is ready', "throw new Error('no libraries')", /^model tiny: no libraries$/],
  ['never gets ready', 'setInterval(() => {}, 1000)', /^model tiny: no answer within 0\.5 s$/],
])('opening fails when the worker %s', async (_name, source, message) => {
  await expect(open({ source, startTimeoutMs: 500 })).rejects.toMatchObject({
    code: 'model_failed',
    message: expect.stringMatching(message),
  });
});
