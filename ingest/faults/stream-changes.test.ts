import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findGstProblem, startGstRtspServer } from '../../test/support/gst-rtsp-server.ts';
import { probeClip } from '../clip-facts.ts';
import { makeCounterClip, readCounter } from '../test-support/counter-clip.ts';
import { startTcpProxy } from '../test-support/tcp-proxy.ts';
import {
  findTimeFaults,
  readBurnt,
  type SeenFrame,
  type WatchedCamera,
  watchCamera,
} from '../test-support/watched-camera.ts';
import { words } from '../words.ts';

const run = promisify(execFile);
const problem = findGstProblem();
if (problem !== null) process.stdout.write(`skipped: ${problem}\n`);
const testMs = 100_000;
const frameMs = 100;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-changes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Parts one after the other, each with its own parameters in the stream itself. */
async function makeChangingClip(
  name: string,
  parts: readonly { seconds: number; gop: number; size: string }[],
): Promise<string> {
  const files: string[] = [];
  for (const [i, { seconds, gop, size }] of parts.entries())
    files.push(
      await makeCounterClip({
        file: path.join(folder, `${name}-${i}.ts`),
        seconds,
        frameRate: 1000 / frameMs,
        gop,
        options: ['-s', size],
      }),
    );
  const list = path.join(folder, `${name}.ffconcat`);
  await writeFile(
    list,
    `ffconcat version 1.0\n${files.map((file) => `file '${path.basename(file)}'\n`).join('')}`,
  );
  const clip = path.join(folder, `${name}.ts`);
  await run('ffmpeg', [...words('-v error -y -f concat -safe 0 -i'), list, ...words('-c copy'), clip]);
  return clip;
}

/** Whether the footage of a frame is that very frame, in its full size. */
async function expectSameFrame(live: WatchedCamera, { frame }: SeenFrame): Promise<void> {
  const png = await live.camera.footage.readFrame(frame.ptsMs);
  const { data, info } = await sharp(png.bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([frame.width, frame.height]);
  expect(readCounter(data, info.width, info.height)).toBe(readBurnt(frame));
}

/** Frames of one part are as far apart as their numbers say. */
function expectTrueTimes(frames: readonly SeenFrame[]): void {
  const [first] = frames as [SeenFrame];
  for (const { frame } of frames)
    expect(
      Math.abs(frame.ptsMs - first.frame.ptsMs - (readBurnt(frame) - readBurnt(first.frame)) * frameMs),
    ).toBeLessThanOrEqual(2);
}

const ringOf = (name: string) => ({
  dir: path.join(folder, `ring-${name}`),
  maxAgeMs: 600_000,
  maxBytes: 1e9,
});

describe.skipIf(problem !== null).concurrent('in mid-stream', () => {
  test(
    'another picture size: right in size and time, and no clip mixes the two',
    async () => {
      const clip = await makeChangingClip('size', [
        { seconds: 14, gop: 10, size: '320x180' },
        { seconds: 60, gop: 10, size: '640x360' },
      ]);
      const later = await makeChangingClip('size-later', [{ seconds: 60, gop: 10, size: '640x360' }]);
      const server = await startGstRtspServer({ mounts: [{ path: '/a', file: clip }] });
      const serverLater = await startGstRtspServer({ mounts: [{ path: '/a', file: later }] });
      // Who connects anew gets the stream as it is by then.
      const proxy = await startTcpProxy(server.port);
      const live = await watchCamera(`rtsp://127.0.0.1:${proxy.port}/a`, { ring: ringOf('size') });
      await live.waitForFrames(2);
      proxy.setTarget(serverLater.port);
      const large = (): SeenFrame[] => live.frames.filter(({ frame }) => frame.width === 640);
      const small = (): SeenFrame[] => live.frames.filter(({ frame }) => frame.width === 320);
      await live.waitUntil(() => large().length >= 4);
      await live.camera.stop();
      await proxy.stop();
      await serverLater.stop();
      await server.stop();
      expect(findTimeFaults(live.frames)).toEqual([]);
      for (const { frame } of large())
        expect([frame.height, frame.pixelWidth, frame.pixelHeight]).toEqual([360, 160, 90]);
      // A change is no fault: the camera is live all along.
      expect(live.changes.map(({ state }) => state).slice(0, -1)).toEqual(['connecting', 'live']);
      for (const seen of [small()[0], small().at(-1), large()[0], large().at(-1)])
        await expectSameFrame(live, seen as SeenFrame);
      expectTrueTimes(small());
      expectTrueTimes(large().slice(1)); // the first may still have come over the old connection
      const changeMs = small().at(-1)?.frame.ptsMs ?? 0;
      const before = await live.camera.footage.readClip(changeMs - 4000, changeMs + 1000);
      expect(before.fromPtsMs).toBeLessThanOrEqual(changeMs - 4000);
      expect(before.fromPtsMs + before.durationMs).toBeLessThanOrEqual(changeMs + 2 * frameMs);
      await expectSizes(before.file, '320,180');
      const lateMs = large().at(-1)?.frame.ptsMs ?? 0;
      const after = await live.camera.footage.readClip(lateMs - 1500, lateMs);
      await expectSizes(after.file, '640,360');
    },
    testMs,
  );

  test(
    'keyframes too far apart: all is decoded from then on, and times stay true',
    async () => {
      const clip = await makeChangingClip('gop', [
        { seconds: 14, gop: 10, size: '320x180' },
        { seconds: 80, gop: 80, size: '320x180' },
      ]);
      const later = await makeChangingClip('gop-later', [{ seconds: 80, gop: 80, size: '320x180' }]);
      const server = await startGstRtspServer({ mounts: [{ path: '/a', file: clip }] });
      const serverLater = await startGstRtspServer({ mounts: [{ path: '/a', file: later }] });
      // Who connects anew gets the stream as it is by then.
      const proxy = await startTcpProxy(server.port);
      const live = await watchCamera(`rtsp://127.0.0.1:${proxy.port}/a`, {
        ring: ringOf('gop'),
        onsetMs: 20_000,
      });
      await live.waitForFrames(2);
      proxy.setTarget(serverLater.port);
      await live.waitUntil(() => (live.camera.health().keyframeGapMs ?? 0) > 4000);
      const before = live.frames.length;
      await live.waitForFrames(before + 6);
      await live.camera.stop();
      await proxy.stop();
      await serverLater.stop();
      await server.stop();
      expect(findTimeFaults(live.frames)).toEqual([]);
      const frames = live.frames.slice(before);
      expectTrueTimes(frames.slice(1));
      const gaps = frames.slice(2).map(({ frame }, i) => frame.ptsMs - (frames[i + 1]?.frame.ptsMs ?? 0));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(4000);
      for (const seen of [live.frames[0], frames[1], frames.at(-1)])
        await expectSameFrame(live, seen as SeenFrame);
    },
    testMs,
  );

  test(
    'H.265 instead of H.264: frames and clips of both are there, none spans the two',
    async () => {
      const [h264, h265] = [path.join(folder, 'codec-4.mp4'), path.join(folder, 'codec-5.mp4')];
      const plain = { seconds: 60, frameRate: 1000 / frameMs, gop: 10 };
      await makeCounterClip({ file: h264, ...plain });
      await run('ffmpeg', [
        ...words('-v error -y -i'),
        h264,
        ...words(
          '-t 60 -c:v libx265 -preset ultrafast -x265-params keyint=10:min-keyint=10:scenecut=0:bframes=0:log-level=error -tag:v hvc1',
        ),
        h265,
      ]);
      const first = await startGstRtspServer({ mounts: [{ path: '/a', file: h264 }] });
      const live = await watchCamera(first.toUrl('/a'), { ring: ringOf('codec') });
      await live.waitForFrames(6);
      await first.stop();
      const count = live.frames.length;
      const second = await startGstRtspServer({
        port: first.port,
        mounts: [{ path: '/a', file: h265, codec: 'h265' }],
      });
      await live.waitForFrames(count + 6);
      await live.camera.stop();
      await second.stop();
      expect(findTimeFaults(live.frames)).toEqual([]);
      const [old, fresh] = [live.frames.slice(0, count), live.frames.slice(count)];
      expectTrueTimes(old);
      expectTrueTimes(fresh);
      for (const seen of [old[0], old.at(-1), fresh[0], fresh.at(-1)])
        await expectSameFrame(live, seen as SeenFrame);
      const [fromMs, toMs] = [old.at(-3)?.frame.ptsMs ?? 0, fresh[1]?.frame.ptsMs ?? 0];
      const across = await live.camera.footage.readClip(fromMs, toMs);
      // What it covers is said, and lies on one side.
      const endMs = across.fromPtsMs + across.durationMs;
      expect(endMs <= (fresh[0]?.frame.ptsMs ?? 0) || across.fromPtsMs > (old.at(-1)?.frame.ptsMs ?? 0)).toBe(
        true,
      );
      const after = await live.camera.footage.readClip(
        fresh[1]?.frame.ptsMs ?? 0,
        fresh[4]?.frame.ptsMs ?? 0,
      );
      expect((await probeClip(after.file)).codec).toBe('h264'); // as browsers need it
    },
    testMs,
  );
});

async function expectSizes(file: string, size: string): Promise<void> {
  const { stdout } = await run('ffprobe', [
    ...words('-v error -show_entries frame=width,height -of csv=p=0'),
    file,
  ]);
  const sizes = new Set(stdout.trim().split(/\s+/));
  expect([...sizes]).toEqual([size]);
}
