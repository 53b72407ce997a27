import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import {
  type CameraHealth,
  type Detection,
  type DetectionBatch,
  type SamplingHealth,
  XunjieError,
} from '../../domain/mod.ts';
import type { Frame } from '../../ingest/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import type { Eyes, Looking } from '../eyes.ts';
import { startFrameAnalysis } from './frame-analysis.ts';

interface Asked {
  readonly frame: Frame;
  readonly how: Looking;
  answer(detections: readonly Detection[]): void;
  fail(error: unknown): void;
}

/** Eyes that answer when the test says so. */
function createHeldEyes(): { eyes: Eyes; asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    eyes: {
      model: null,
      maxPixelWidth: 4,
      maxPixelHeight: 4,
      detect: (frame, how) =>
        new Promise((answer, fail) => {
          asked.push({ frame, how, answer, fail });
        }),
      async forget() {},
    },
  };
}

const frameAt = (capturedAtMs: number): Frame => ({
  camera: 'c',
  ptsMs: capturedAtMs,
  capturedAtMs,
  clockErrorMs: null,
  width: 4,
  height: 4,
  pixels: new Uint8Array(48),
  pixelWidth: 4,
  pixelHeight: 4,
});

function start(options: {
  isPaced?: boolean;
  floorGapMs?: number;
  publishedUntilMs?: number;
  state?: CameraHealth['state'];
  publish?: (batch: DetectionBatch) => Promise<void>;
}) {
  const { eyes, asked } = createHeldEyes();
  const published: number[] = [];
  const said: { dropped: number; sampling: SamplingHealth | null } = { dropped: 0, sampling: null };
  const time = { nowMs: 0 };
  const health: { state: CameraHealth['state']; reason: string } = {
    state: options.state ?? 'live',
    reason: '',
  };
  const analysis = startFrameAnalysis({
    eyes,
    publishedUntilMs: options.publishedUntilMs ?? Number.NEGATIVE_INFINITY,
    isPaced: options.isPaced ?? false,
    floorGapMs: options.floorGapMs ?? 60_000,
    publish: options.publish ?? (async ({ capturedAtMs }) => void published.push(capturedAtMs)),
    note({ dropped = 0, sampling = said.sampling }) {
      said.dropped += dropped;
      said.sampling = sampling;
    },
    health: () => health,
    logger: createLogger('silent'),
    clock: () => time.nowMs,
  });
  /** Lets the clock go on after what is under way. */
  const wait = async (ms: number): Promise<void> => {
    await delay(0);
    time.nowMs += ms;
    analysis.report();
  };
  return { analysis, asked, published, said, health, time, wait };
}

const superseded = new XunjieError('superseded', 'a newer picture came');

test('a live camera is not held up: the newest frame is offered while another is looked at', async () => {
  const { analysis, asked, published, said } = start({});
  await analysis.take(frameAt(1));
  await analysis.take(frameAt(2));
  await analysis.take(frameAt(3));
  expect(asked.map(({ frame, how }) => [frame.capturedAtMs, how.isKept])).toEqual([
    [1, false],
    [2, false],
    [3, false],
  ]);
  asked[1]?.fail(superseded);
  asked[0]?.answer([]);
  asked[2]?.answer([]);
  await vi.waitFor(() => expect(published).toEqual([1, 3]));
  expect(said.dropped).toBe(1);
});

test.each([superseded, new XunjieError('detector_busy', 'no room'), new XunjieError('model_failed', 'NaN')])(
  'a live camera lives on when one frame fails: %s',
  async (error) => {
    const { analysis, asked, published, said } = start({});
    await analysis.take(frameAt(1));
    asked[0]?.fail(error);
    await analysis.take(frameAt(2));
    asked[1]?.answer([]);
    await vi.waitFor(() => expect(published).toEqual([2]));
    expect(said.dropped).toBe(1);
  },
);

test('a file waits for each frame, and none is given up for a newer one', async () => {
  const { analysis, asked, published } = start({ isPaced: true, publishedUntilMs: 1 });
  await analysis.take(frameAt(1)); // in the log before the crash
  expect(asked).toEqual([]);
  let isThrough = false;
  const taken = analysis.take(frameAt(2)).then(() => void (isThrough = true));
  await delay(20);
  expect([isThrough, published]).toEqual([false, []]);
  expect(asked[0]?.how.isKept).toBe(true);
  asked[0]?.answer([]);
  await taken;
  expect(published).toEqual([2]);
});

test('a file ends with what its frame failed with, and the frame is read again after that', async () => {
  const { analysis, asked, published } = start({ isPaced: true });
  const broken = analysis.take(frameAt(1));
  asked[0]?.fail(new XunjieError('model_failed', 'NaN'));
  await expect(broken).rejects.toMatchObject({ code: 'model_failed' });
  const again = analysis.take(frameAt(1));
  asked[1]?.answer([]);
  await again;
  expect(published).toEqual([1]);
});

test('a log that takes its time holds frames back, in order and in no great number', async () => {
  const waiting: (() => void)[] = [];
  const published: number[] = [];
  const { analysis, asked } = start({
    publish: async ({ capturedAtMs }) => {
      await new Promise<void>((go) => waiting.push(go));
      published.push(capturedAtMs);
    },
  });
  let taken = 0;
  const sending = (async () => {
    for (let i = 1; i <= 40; i++) {
      const take = analysis.take(frameAt(i));
      asked.at(-1)?.answer([]);
      await take;
      taken++;
      await delay(0);
    }
  })();
  await delay(200);
  expect(taken).toBeLessThan(20);
  const letGo = setInterval(() => waiting.shift()?.(), 1);
  await sending;
  await vi.waitFor(() => expect(published).toHaveLength(40), { timeout: 10_000 });
  clearInterval(letGo);
  expect(published).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
});

test('what is answered after the stop is not published', async () => {
  const { analysis, asked, published } = start({});
  await analysis.take(frameAt(1));
  await analysis.stop();
  asked[0]?.answer([]);
  await delay(10);
  await analysis.take(frameAt(2));
  expect(published).toEqual([]);
  expect(asked).toHaveLength(1);
});

/** The window is two minutes. */
const floorGapMs = 12_000;

test('a starved camera is named with the cause, and the alarm clears by itself', async () => {
  const { analysis, asked, said, wait } = start({ floorGapMs });
  let at = 0;
  const answerSome = async (periodMs: number, lengthMs: number, answers: (i: number) => boolean) => {
    for (let i = 0; i * periodMs < lengthMs; i++) {
      await analysis.take(frameAt(++at));
      if (answers(i)) asked.at(-1)?.answer([]);
      else asked.at(-1)?.fail(superseded);
      await wait(periodMs);
    }
  };
  await answerSome(2000, 240_000, () => true);
  expect(said.sampling).toEqual({ achievedGapMs: 2000, floorGapMs, isStarved: false, reason: '' });
  await answerSome(2000, 240_000, (i) => i % 12 === 0);
  expect(said.sampling).toMatchObject({
    isStarved: true,
    reason: expect.stringMatching(
      /^analysed every 2\d s, its rules need a sample each 12 s: the detector has too little time \(\d+ of \d+ pictures/,
    ),
  });
  expect(said.sampling?.achievedGapMs).toBeGreaterThan(floorGapMs);
  await answerSome(2000, 240_000, () => true);
  expect(said.sampling).toMatchObject({ isStarved: false, reason: '' });
});

test.each<[string, CameraHealth['state'], boolean, RegExp]>([
  [
    'no frame comes from a live camera',
    'live',
    false,
    /too few pictures come from the camera or its decoder$/,
  ],
  ['a camera does not come up', 'down', false, /the camera is down$/],
  ['every picture fails', 'live', true, /samples fail \(no worker\)$/],
])('%s: starved after the window', async (_name, state, sends, reason) => {
  const { analysis, asked, said, wait } = start({ floorGapMs, state });
  for (let i = 0; i < 121; i++) {
    expect(said.sampling?.isStarved ?? false).toBe(false);
    if (sends) {
      await analysis.take(frameAt(i));
      asked.at(-1)?.fail(new XunjieError('model_failed', 'no worker'));
    }
    await wait(1000);
    if (said.sampling?.isStarved) break;
  }
  expect(said.sampling).toMatchObject({ isStarved: true, reason: expect.stringMatching(reason) });
});

test('a clip whose pictures are too far apart is starved by its own clock', async () => {
  const { analysis, asked, said } = start({ isPaced: true, floorGapMs });
  for (let i = 0; i < 8; i++) {
    const taken = analysis.take(frameAt(i * 30_000));
    asked.at(-1)?.answer([]);
    await taken;
    analysis.report();
  }
  expect(said.sampling).toMatchObject({ achievedGapMs: 30_000, isStarved: true });
  expect(said.sampling?.reason).toMatch(/^analysed every 30 s, its rules need a sample each 12 s: too few/);
});

test('a camera that has ended is not starved', async () => {
  const { said, health, wait } = start({ floorGapMs });
  for (let i = 0; i < 130; i++) await wait(1000);
  expect(said.sampling?.isStarved).toBe(true);
  health.state = 'ended';
  await wait(1000);
  expect(said.sampling).toMatchObject({ achievedGapMs: null, isStarved: false, reason: '' });
});
