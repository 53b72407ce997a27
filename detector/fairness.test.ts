import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Detector, loadModel, openDetector } from './mod.ts';
import { toSlowModel } from './test-support/slow-model.ts';
import { makeSharedTestFolder, quietLogger, writeTinyModel } from './test-support/tiny-card.ts';

const picture = { pixels: new Uint8Array(64 * 64 * 3), pixelWidth: 64, pixelHeight: 64 };

let detector: Detector;
let pictureMs: number;

beforeAll(async () => {
  const folder = await makeSharedTestFolder();
  const model = await loadModel(await writeTinyModel(folder.path, toSlowModel(12)));
  detector = await openDetector({ model, workers: 1, logger: quietLogger });
  await folder.remove();
  for (let i = 0; i < 5; i++) await detector.detect(picture);
  const startedAt = performance.now();
  for (let i = 0; i < 20; i++) await detector.detect(picture);
  pictureMs = (performance.now() - startedAt) / 20;
}, 60_000);
afterAll(() => detector.close());

/** Cameras that send for a while, each at its own pace, over the real worker; returns the answers of each. */
async function watchCameras(
  cameras: readonly { name: string; periodMs: number; fromMs?: number; toMs?: number }[],
  lengthMs: number,
): Promise<Map<string, number[]>> {
  const answers = new Map(cameras.map(({ name }) => [name, [] as number[]]));
  const startedAt = performance.now();
  const pending: Promise<void>[] = [];
  const timers = cameras.map(({ name, periodMs, fromMs = 0, toMs = lengthMs }) =>
    setInterval(() => {
      const atMs = performance.now() - startedAt;
      if (atMs < fromMs || atMs > toMs) return;
      pending.push(
        detector.detect(picture, { camera: name }).then(
          () => void answers.get(name)?.push(performance.now() - startedAt),
          (error: { code: string }) => expect(error.code).toBe('superseded'),
        ),
      );
    }, periodMs),
  );
  await delay(lengthMs);
  for (const timer of timers) clearInterval(timer);
  await Promise.all(pending);
  for (const { name } of cameras) detector.forget(name);
  return answers;
}

const row = (count: number, periodMs: number, prefix = 'c') =>
  Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}`, periodMs }));

function expectEvenShares(answers: ReadonlyMap<string, readonly unknown[]>): void {
  const counts = [...answers.values()].map((each) => each.length);
  const share = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  expect(share, `answers per camera: ${counts.join(' ')}`).toBeGreaterThan(10);
  for (const count of counts) {
    expect(count / share, `answers per camera: ${counts.join(' ')}`).toBeGreaterThan(0.85);
    expect(count / share, `answers per camera: ${counts.join(' ')}`).toBeLessThan(1.15);
  }
}

describe('over a real worker with a slow model', () => {
  test('ten cameras that want three times what there is have the same share', async () => {
    const answers = await watchCameras(row(10, (pictureMs * 10) / 3), pictureMs * 10 * 40);
    expectEvenShares(answers);
  }, 120_000);

  test('cameras that send thirty times as fast as others have no more than they', async () => {
    const roundMs = pictureMs * 10;
    const answers = await watchCameras(
      [...row(3, roundMs / 20, 'fast'), ...row(7, roundMs / 1.5, 'slow')],
      roundMs * 40,
    );
    expectEvenShares(answers);
  }, 120_000);

  test('a camera that comes back has its share and nothing for the time it was away', async () => {
    const roundMs = pictureMs * 8;
    const answers = await watchCameras(
      [...row(7, roundMs / 3), { name: 'back', periodMs: roundMs / 3, fromMs: roundMs * 20 }],
      roundMs * 45,
    );
    const later = new Map(
      [...answers].map(([name, timesMs]) => [name, timesMs.filter((ms) => ms > roundMs * 20)]),
    );
    expectEvenShares(later);
  }, 120_000);
});
