// Our side of `bench/peer.ts`: peer-ours.mjs CLIP CARD keyframes|all. Prints one JSON line per sample, as the peer does.
// The built program, as it is run in earnest: reading TypeScript would cost time that is not the product's.
import { loadModel, openLabelDetector } from '../dist/detector/mod.js';
import { XunjieError } from '../dist/domain/mod.js';
import { openCamera } from '../dist/ingest/mod.js';
// Not the folder's whole door: engines, bus and stores have no part in this.
import { createLogger } from '../dist/platform/log/logger.js';

const [clip = '', card = '', decode = ''] = process.argv.slice(2);
const logger = createLogger('warn');
const model = await loadModel(card);
const detector = await openLabelDetector({
  model,
  workers: 1,
  logger,
  thresholds: { score: 0.1, nmsIou: 0.45 },
});
let wrong = 0;
const camera = await openCamera({
  id: 'peer',
  source: { kind: 'file', path: clip, realTime: false, startedAtMs: 0 },
  ring: null,
  maxPixelWidth: model.card.input.width,
  maxPixelHeight: model.card.input.height,
  onsetMs: 10_000,
  restart: 'until_end',
  logger,
  onHealth: (health) => {
    if (health.decode !== null && health.decode !== decode) wrong++;
  },
  async onFrame(frame) {
    const found = await detector.detect(frame);
    const detections = found.map(({ label, score, box }) => [label, score, ...box]);
    process.stdout.write(`${JSON.stringify({ ptsMs: frame.ptsMs, detections })}\n`);
  },
});
try {
  await camera.done;
} finally {
  await camera.stop();
  await detector.close();
}
if (wrong > 0) throw new XunjieError('internal', `the clip was not read as asked (${decode})`);
