import { createLogger } from '../../platform/mod.ts';
import { liveTiming } from '../live-timing.ts';
import { watchCamera } from './watched-camera.ts';

/**
 * A program of its own for tests that kill it: `node --import tsx held-camera.ts URL RINGDIR`. Records into a ring that keeps next to
 * nothing, holds the third frame, says `held PTS`, and goes on until it is killed.
 */
const [url = '', dir = ''] = process.argv.slice(2);
const timing = { ...liveTiming, segmentMs: 1000, pruneMs: 500 };
const run = async (): Promise<void> => {
  const ring = { dir, maxAgeMs: 3_600_000, maxBytes: 1 };
  const live = await watchCamera(url, { ring, logger: createLogger('silent') }, timing);
  await live.waitForFrames(3);
  const ptsMs = live.frames[2]?.frame.ptsMs ?? 0;
  const stretches = [{ fromMs: ptsMs, toMs: ptsMs }];
  await live.camera.holds?.place({ id: 'c1', kind: 'request', stretches });
  process.stdout.write(`held ${ptsMs}\n`);
};
await run();
