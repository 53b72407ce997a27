// What the detector costs beside inference, and how long it holds up the main thread, with 80 cameras at a sample each 2 s.
// npm run bench:overheads -- [--cameras 80] [--seconds 60] [--model FILE]
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadModel, openDetector } from '../detector/mod.ts';
import { createLogger } from '../platform/mod.ts';
import { findWeights } from './support/find-weights.ts';
import { recordFigures } from './support/record-figures.ts';

const gapMs = 2000;

const { values } = parseArgs({
  options: {
    cameras: { type: 'string', default: '80' },
    seconds: { type: 'string', default: '60' },
    model: { type: 'string' },
  },
});
const cameras = Number(values.cameras);
const model = await loadModel(findWeights(values.model));
const detector = await openDetector({ model, workers: 1, logger: createLogger('warn') });
/** As ingest delivers them: a 16:9 picture that fits into the input. */
const pixelWidth = detector.maxPixelWidth;
const pixelHeight = Math.round((pixelWidth * 9) / 16);

const until = performance.now() + Number(values.seconds) * 1000;
const lag = monitorEventLoopDelay({ resolution: 1 });
let answered = 0;
let givenUp = 0;

async function watch(index: number): Promise<void> {
  const pixels = new Uint8Array(pixelWidth * pixelHeight * 3).map((_, i) => (i * 31 + index * 17) % 251);
  await delay((index * gapMs) / cameras);
  for (let dueAt = performance.now(); dueAt < until; dueAt += gapMs) {
    await delay(Math.max(0, dueAt - performance.now()));
    await detector.detect({ pixels, pixelWidth, pixelHeight }, { camera: `camera-${index}` }).then(
      () => answered++,
      () => givenUp++,
    );
  }
}

await Promise.all([
  ...Array.from({ length: cameras }, (_, index) => watch(index)),
  delay(gapMs).then(() => lag.enable()),
]);
lag.disable();
const { done, prepareMs, inferMs, decodeMs } = detector.stats();
await detector.close();
/** The measuring timer itself is due each millisecond; what comes on top is lag. */
const toLagMs = (nanoseconds: number): number => Math.round(Math.max(0, nanoseconds / 1e6 - 1) * 100) / 100;
recordFigures({
  bench: 'overheads',
  prePostShare: Math.round(((prepareMs + decodeMs) / inferMs) * 1e4) / 1e4,
  loopLagP50Ms: toLagMs(lag.percentile(50)),
  loopLagP99Ms: toLagMs(lag.percentile(99)),
  inferMs: Math.round((inferMs / done) * 100) / 100,
  prepareMs: Math.round((prepareMs / done) * 100) / 100,
  decodeMs: Math.round((decodeMs / done) * 100) / 100,
  cameras,
  answered,
  givenUp,
});
