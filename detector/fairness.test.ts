import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Detector, loadModel, openDetector } from './mod.ts';
import { toSlowModel } from './test-support/slow-model.ts';
import { makeSharedTestFolder, quietLogger, writeTinyModel } from './test-support/tiny-card.ts';

const picture = { pixels: new Uint8Array(64 * 64 * 3), pixelWidth: 64, pixelHeight: 64 };

let detector: Detector;

beforeAll(async () => {
  const folder = await makeSharedTestFolder();
  const model = await loadModel(await writeTinyModel(folder.path, toSlowModel(12)));
  detector = await openDetector({ model, workers: 1, logger: quietLogger });
  await folder.remove();
}, 60_000);
afterAll(() => detector.close());

/** What one picture takes now: the machine may be busier or idler than a moment ago. */
async function measurePictureMs(): Promise<number> {
  for (let i = 0; i < 5; i++) await detector.detect(picture);
  const startedAt = performance.now();
  for (let i = 0; i < 40; i++) await detector.detect(picture);
  return (performance.now() - startedAt) / 40;
}

interface Watched {
  /** When answers came, milliseconds from the start. */
  readonly answersMs: number[];
  /** Pictures that were given up for newer ones. */
  superseded: number;
}

/** Cameras that send for a while, each at its own pace, over the real worker; returns the answers of each. */
async function watchCameras(
  cameras: readonly { name: string; periodMs: number; fromMs?: number; toMs?: number }[],
  lengthMs: number,
): Promise<Map<string, Watched>> {
  const watched = new Map<string, Watched>(
    cameras.map(({ name }) => [name, { answersMs: [], superseded: 0 }]),
  );
  const startedAt = performance.now();
  const pending: Promise<void>[] = [];
  const timers = cameras.map(({ name, periodMs, fromMs = 0, toMs = lengthMs }) =>
    setInterval(() => {
      const atMs = performance.now() - startedAt;
      const one = watched.get(name);
      if (one === undefined || atMs < fromMs || atMs > toMs) return;
      pending.push(
        detector.detect(picture, { camera: name }).then(
          () => void one.answersMs.push(performance.now() - startedAt),
          (error: { code: string }) => {
            expect(error.code).toBe('superseded');
            one.superseded++;
          },
        ),
      );
    }, periodMs),
  );
  await delay(lengthMs);
  for (const timer of timers) clearInterval(timer);
  await Promise.all(pending);
  for (const { name } of cameras) detector.forget(name);
  return watched;
}

const row = (count: number, periodMs: number, prefix = 'c') =>
  Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}`, periodMs }));

/**
 * All that wanted more than they got have the same share, within 15 %, and whoever got all it wanted no more than they. (When the machine
 * turns idle in between, some may get all they want.)
 */
function expectEvenShares(watched: ReadonlyMap<string, Watched>, fromMs = 0): void {
  const all = [...watched.values()].map(({ answersMs, superseded }) => ({
    count: answersMs.filter((ms) => ms > fromMs).length,
    isShort: superseded > 0.1 * answersMs.length,
  }));
  const short = all.filter(({ isShort }) => isShort);
  const words = `answers per camera: ${all.map(({ count, isShort }) => `${count}${isShort ? '' : ' (all)'}`).join(', ')}`;
  expect(short.length, words).toBeGreaterThan(2);
  const share = short.reduce((sum, { count }) => sum + count, 0) / short.length;
  expect(share, words).toBeGreaterThan(10);
  for (const { count, isShort } of all) {
    expect(count / share, words).toBeLessThan(1.15);
    if (isShort) expect(count / share, words).toBeGreaterThan(0.85);
  }
}

describe('over a real worker with a slow model', () => {
  test('ten cameras that want three times what there is have the same share', async () => {
    const roundMs = 10 * (await measurePictureMs());
    expectEvenShares(await watchCameras(row(10, roundMs / 3), roundMs * 40));
  }, 120_000);

  test('cameras that send ten times as fast as others have no more than they', async () => {
    const roundMs = 10 * (await measurePictureMs());
    const cameras = [...row(3, roundMs / 30, 'fast'), ...row(7, roundMs / 3, 'slow')];
    expectEvenShares(await watchCameras(cameras, roundMs * 40));
  }, 120_000);

  test('a camera that comes back has its share and nothing for the time it was away', async () => {
    const roundMs = 8 * (await measurePictureMs());
    const back = { name: 'back', periodMs: roundMs / 4, fromMs: roundMs * 20 };
    const watched = await watchCameras([...row(7, roundMs / 4), back], roundMs * 45);
    expectEvenShares(watched, roundMs * 20);
  }, 120_000);
});
