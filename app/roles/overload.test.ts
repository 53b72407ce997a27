import { expect, onTestFinished, test, vi } from 'vitest';
import { loadModel, openDetector } from '../../detector/mod.ts';
import { toSlowModel } from '../../detector/test-support/slow-model.ts';
import { makeTestFolder, quietLogger, writeTinyModel } from '../../detector/test-support/tiny-card.ts';
import type { SamplingHealth } from '../../domain/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import { openModelEyes } from '../eyes.ts';
import { startFrameAnalysis } from './frame-analysis.ts';

/** The clock of this test goes on by this much with each picture that the detector answers: how busy the machine is does not matter. */
const pictureMs = 1000;
const pixels = new Uint8Array(64 * 64 * 3);

test('a detector with too little time starves all cameras alike, says so, and recovers when they go', async () => {
  const model = await loadModel(await writeTinyModel(await makeTestFolder(), toSlowModel(4)));
  const detector = await openDetector({ model, workers: 1, logger: quietLogger });
  onTestFinished(() => detector.close());
  const scene = { version: 'v', timeZone: 'UTC', zones: {}, rules: [] };
  const picture = { pixels, pixelWidth: 64, pixelHeight: 64 };
  // Ten cameras' round takes ten pictures; the rules want one each three. One camera alone has each picture.
  const floorGapMs = 3 * pictureMs;

  const cameras = Array.from({ length: 10 }, (_, i) => {
    const said: { dropped: number; published: number; sampling: SamplingHealth | null } = {
      dropped: 0,
      published: 0,
      sampling: null,
    };
    const analysis = startFrameAnalysis({
      eyes: openModelEyes(detector, scene, createLogger('silent')),
      publishedUntilMs: 0,
      isPaced: false,
      floorGapMs,
      async publish() {
        said.published++;
      },
      note({ dropped = 0, sampling = said.sampling }) {
        said.dropped += dropped;
        said.sampling = sampling;
      },
      health: () => ({ state: 'live', reason: '' }),
      logger: createLogger('silent'),
      clock: () => detector.stats().done * pictureMs,
    });
    let at = 1;
    const timer = setInterval(() => {
      for (let each = 0; each < 2; each++) {
        at++;
        const times = { ptsMs: at, capturedAtMs: at, clockErrorMs: null };
        void analysis.take({ camera: `c${i}`, ...times, width: 64, height: 64, ...picture });
      }
      analysis.report();
    }, 10);
    onTestFinished(() => clearInterval(timer));
    return { said, leave: () => clearInterval(timer) };
  });

  await vi.waitFor(
    () => expect(cameras.map(({ said }) => said.sampling?.isStarved)).toEqual(Array(10).fill(true)),
    { timeout: 60_000, interval: 50 },
  );
  for (const { said } of cameras) {
    expect(said.sampling?.reason).toMatch(/: the detector has too little time \(\d+ of \d+ pictures/);
    expect(said.dropped).toBeGreaterThan(0);
    expect(said.published).toBeGreaterThan(0);
  }
  const { superseded, cameras: loads } = detector.stats();
  expect(superseded).toBe(loads.reduce((sum, load) => sum + load.superseded, 0));

  for (const { leave } of cameras.slice(1)) leave();
  await vi.waitFor(() => expect(cameras[0]?.said.sampling?.isStarved).toBe(false), {
    timeout: 60_000,
    interval: 50,
  });
}, 150_000);
