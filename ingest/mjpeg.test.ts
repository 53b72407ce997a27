import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findGstProblem, startGstRtspServer } from '../test/support/gst-rtsp-server.ts';
import { makeCounterClip, readCounter } from './test-support/counter-clip.ts';
import { findTimeFaults, readBurnt, watchCamera } from './test-support/watched-camera.ts';

const problem = findGstProblem();
if (problem !== null) process.stdout.write(`skipped: ${problem}\n`);

let folder = '';
let clip = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-mjpeg-'));
  clip = await makeCounterClip({
    file: path.join(folder, 'clip.mkv'),
    seconds: 60,
    frameRate: 10,
    codec: 'mjpeg',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(problem !== null).concurrent('Motion JPEG over RTSP', { timeout: 90_000 }, () => {
  test.each([{ onsetMs: 60_000 }, { onsetMs: 2000 }])(
    'sampled for an onset of $onsetMs ms: the ring gives each frame back, and clips that browsers play',
    async ({ onsetMs }) => {
      const server = await startGstRtspServer({ mounts: [{ path: '/a', file: clip, codec: 'mjpeg' }] });
      const ring = { dir: path.join(folder, `ring-${onsetMs}`), maxAgeMs: 600_000, maxBytes: 1e9 };
      const live = await watchCamera(server.toUrl('/a'), { ring, onsetMs });
      await live.waitForState('live');
      await live.waitForFrames(8);
      expect(findTimeFaults(live.frames)).toEqual([]);
      for (const { frame } of [live.frames[0], live.frames[3], live.frames[7]] as typeof live.frames) {
        const png = await live.camera.footage.readFrame(frame.ptsMs);
        const { data, info } = await sharp(png.bytes)
          .removeAlpha()
          .raw()
          .toBuffer({ resolveWithObject: true });
        expect(readCounter(data, info.width, info.height)).toBe(readBurnt(frame));
      }
      const [from, to] = [live.frames[1]?.frame.ptsMs ?? 0, live.frames[6]?.frame.ptsMs ?? 0];
      const cut = await live.camera.footage.readClip(from, to);
      expect(cut.fromPtsMs).toBeLessThanOrEqual(from);
      expect(cut.fromPtsMs + cut.durationMs).toBeGreaterThanOrEqual(to);
      await live.camera.stop();
      await server.stop();
    },
  );
});
