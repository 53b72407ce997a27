import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../platform/mod.ts';
import { startRtspCamera } from '../../samples/rtsp-camera/mod.ts';
import { type LiveTiming, liveTiming } from '../live-timing.ts';
import { makeCounterClip, readCounter } from '../test-support/counter-clip.ts';
import {
  findTimeFaults,
  readBurnt,
  type SeenFrame,
  type WatchedCamera,
  watchCamera,
} from '../test-support/watched-camera.ts';

const logger = createLogger('silent');
const megabyte = 1024 ** 2;
const quick: LiveTiming = { ...liveTiming, segmentMs: 2000, pruneMs: 1000 };
const testMs = 120_000;

let folder = '';
/** One for each test. */
let disks: readonly [string, string] = ['', ''];
/** A small disk of its own, which only root can make; why not, else. */
function mountDisk(dir: string, sizeMb: number): string | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', dir], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `no small disk can be made to fill: ${String(error).split('\n')[0]}`;
  }
}
const trial = await mkdtemp(path.join(tmpdir(), 'xunjie-disk-'));
const problem = mountDisk(trial, 1);
if (problem === null) execFileSync('umount', [trial]);
else process.stdout.write(`skipped: ${problem}\n`);
await rm(trial, { recursive: true });

let clip = '';
beforeAll(async () => {
  if (problem !== null) return;
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-disk-full-'));
  disks = [path.join(folder, 'disk-0'), path.join(folder, 'disk-1')];
  for (const [disk, sizeMb] of [
    [disks[0], 24],
    [disks[1], 5],
  ] as const) {
    await mkdir(disk);
    mountDisk(disk, sizeMb);
  }
  clip = await makeCounterClip({
    file: path.join(folder, 'clip.mp4'),
    seconds: 20,
    gop: 25,
    options: ['-b:v', '3M', '-minrate', '3M', '-maxrate', '3M', '-bufsize', '1M'],
  });
});
afterAll(async () => {
  if (problem !== null) return;
  for (const disk of disks) execFileSync('umount', [disk]);
  await rm(folder, { recursive: true, force: true });
});

async function expectSameFrame(live: WatchedCamera, { frame }: SeenFrame): Promise<void> {
  const png = await live.camera.footage.readFrame(frame.ptsMs);
  const { data, info } = await sharp(png.bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect(readCounter(data, info.width, info.height)).toBe(readBurnt(frame));
}

describe.skipIf(problem !== null).concurrent('a full disk under the ring', () => {
  test(
    'by others: detection goes on, health says so, footage is honestly missing, and recording comes back by itself',
    async () => {
      const sender = await startRtspCamera({ clip, loop: true, logger });
      const live = await watchCamera(
        sender.url,
        { ring: { dir: path.join(disks[0], 'ring'), maxAgeMs: 3_600_000, maxBytes: 1e9 } },
        quick,
      );
      const apart = await watchCamera(
        sender.url,
        { ring: { dir: path.join(folder, 'ring-apart'), maxAgeMs: 3_600_000, maxBytes: 1e9 } },
        quick,
      );
      await live.waitForFrames(4);
      const held = live.frames[0] as SeenFrame;
      const moment = { fromMs: held.frame.ptsMs, toMs: held.frame.ptsMs };
      await live.camera.holds?.place({ id: 'c1', kind: 'request', stretches: [moment] });

      const hog = path.join(disks[0], 'hog');
      await fill(hog);
      await live.waitUntil(() => live.changes.at(-1)?.reason.startsWith('nothing is recorded') === true);
      expect(live.changes.at(-1)?.state).toBe('live');
      const before = live.frames.length;
      await live.waitForFrames(before + 5);
      const missing = live.frames.at(-2) as SeenFrame;
      await expect(live.camera.footage.readFrame(missing.frame.ptsMs)).rejects.toMatchObject({
        code: 'evidence_unavailable',
        message: expect.stringContaining('nothing was recorded then'),
      });
      // Its oldest recordings were given up, but not what a request waits for.
      await expectSameFrame(live, held);

      await rm(hog);
      const freedAtMs = Date.now();
      await live.waitUntil(() => live.changes.at(-1)?.reason === '' && live.changes.at(-1)?.state === 'live');
      process.stdout.write(`records again ${Date.now() - freedAtMs} ms after there was room\n`);
      const again = live.frames.length;
      await live.waitForFrames(again + 4);
      await expectSameFrame(live, live.frames.at(-1) as SeenFrame);
      expect(findTimeFaults(live.frames)).toEqual([]);
      // Nobody else noticed.
      expect(apart.changes.map(({ state, reason }) => `${state}${reason}`)).toEqual(['connecting', 'live']);
      await live.camera.stop();
      await apart.camera.stop();
      await sender.stop();
    },
    testMs,
  );

  test(
    'by itself, because its limits are beyond the disk: it makes room from its oldest and records on',
    async () => {
      const sender = await startRtspCamera({ clip, loop: true, logger });
      const ring = { dir: path.join(disks[1], 'ring'), maxAgeMs: 3_600_000, maxBytes: 1e12 };
      const live = await watchCamera(sender.url, { ring }, quick);
      await live.waitForFrames(1);
      const first = live.frames[0] as SeenFrame;
      await live.waitUntil(() => (live.frames.at(-1)?.frame.ptsMs ?? 0) - first.frame.ptsMs > 40_000);
      await expectSameFrame(live, live.frames.at(-1) as SeenFrame);
      await expect(live.camera.footage.readFrame(first.frame.ptsMs)).rejects.toMatchObject({
        code: 'evidence_unavailable',
      });
      expect(live.camera.health()).toMatchObject({ state: 'live', reason: '' });
      await live.camera.stop();
      await sender.stop();
    },
    testMs,
  );
});

/** Writes until there is no room. */
async function fill(file: string): Promise<void> {
  for (let size = megabyte; size >= 4096; )
    try {
      await writeFile(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      size /= 4;
    }
}
