import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../platform/mod.ts';
import { startRtspCamera } from '../../samples/rtsp-camera/mod.ts';
import { projectRoot } from '../../test/support/fixtures.ts';
import { liveTiming } from '../live-timing.ts';
import { makeCounterClip } from '../test-support/counter-clip.ts';
import { watchCamera } from '../test-support/watched-camera.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-killed-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** ffmpegs that write into this folder. */
async function listWriters(dir: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    // A process may be gone between the two reads.
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands.filter((command) => /(?:^|\/)ffmpeg\0/.test(command) && command.includes(dir));
}

test('killed with kill -9: no ffmpeg outlives us, and what was held is still there for the next one', async () => {
  const clip = await makeCounterClip({ file: path.join(folder, 'clip.mp4'), seconds: 10, gop: 25 });
  const sender = await startRtspCamera({ clip, loop: true, logger: createLogger('silent') });
  const dir = path.join(folder, 'ring');
  const program = path.join(projectRoot, 'ingest/test-support/held-camera.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, sender.url, dir], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const ptsMs = Number(/^held (\d+)$/.exec(line)?.[1]);
  await delay(4000); // long after the ring would have pruned it
  expect((await listWriters(dir)).length).toBe(1);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  await expect.poll(() => listWriters(dir), { timeout: 30_000 }).toEqual([]);

  const ring = { dir, maxAgeMs: 0, maxBytes: 1 };
  const timing = { ...liveTiming, segmentMs: 1000, pruneMs: 500 };
  const live = await watchCamera(sender.url, { ring }, timing);
  await live.waitForFrames(3);
  const png = await live.camera.footage.readFrame(ptsMs);
  expect((await sharp(png.bytes).metadata()).width).toBe(320);
  await live.camera.holds?.release('c1');
  await expect
    .poll(
      () =>
        live.camera.footage.readFrame(ptsMs).then(
          () => 'there',
          (error: { code: string }) => error.code,
        ),
      { timeout: 60_000 },
    )
    .toBe('evidence_unavailable');
  await live.camera.stop();
  await sender.stop();
}, 120_000);
