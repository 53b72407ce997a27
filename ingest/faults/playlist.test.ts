import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Frame } from '../mod.ts';
import { listChildren } from '../test-support/children.ts';
import { makeCounterClip, readCounter } from '../test-support/counter-clip.ts';
import { cutSegments, type HlsCamera, type HlsClip, startHlsCamera } from '../test-support/hls-camera.ts';
import { type WatchedSource, watchSource } from '../test-support/watch-source.ts';

const testMs = 100_000;
const frameMs = 100;
const segmentMs = 2000;
/** Long enough for a further attempt. */
const followMs = 4000;
/** The promise, with what such a stream is late by: a segment is there when it is over. */
const recoveryMs = 15_000 + segmentMs;

let folder = '';
let clip: HlsClip;
let leapt: HlsClip;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-playlist-'));
  const file = await makeCounterClip({
    file: path.join(folder, 'clip.mp4'),
    seconds: 120,
    frameRate: 1000 / frameMs,
    gop: 10,
  });
  clip = await cutSegments(file, path.join(folder, 'plain'), segmentMs);
  leapt = await cutSegments(file, path.join(folder, 'leapt'), segmentMs, 5000);
}, testMs);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Frames that say another time than their number does, by more than is declared. */
function findWrongTimes(camera: HlsCamera, frames: readonly Frame[]): string[] {
  const lengthMs = clip.segments.length * segmentMs;
  return frames.flatMap((frame, i) => {
    const number = readCounter(frame.pixels, frame.pixelWidth, frame.pixelHeight);
    const plainMs = frame.capturedAtMs - camera.startedAtMs - number * frameMs;
    const offMs = plainMs - Math.round(plainMs / lengthMs) * lengthMs;
    const isLater = i === 0 || frame.ptsMs > (frames[i - 1]?.ptsMs ?? 0);
    return isLater && Math.abs(offMs) <= (frame.clockErrorMs ?? 0)
      ? []
      : [`frame ${i}, number ${number}: ${offMs} ms off`];
  });
}

/** What was said since, in order. */
const listSaid = ({ healths }: WatchedSource, from: number): string[] =>
  healths.slice(from).map(({ state, reason }) => `${state}: ${reason}`);

describe.concurrent('an HLS stream', () => {
  test.each([
    {
      name: 'whose playlist grows no more',
      toScript: (camera: HlsCamera) => ({ frozenAt: camera.newest() }),
      said: /^stalled: nothing came for \d+ s/,
    },
    {
      name: 'that says it is over',
      toScript: (camera: HlsCamera) => ({ frozenAt: camera.newest(), isOver: true }),
      said: /^down: its playlist says that the stream is over/,
    },
    {
      name: 'whose segments are gone',
      toScript: () => ({ isEmpty: true }),
      said: /^down: the camera has no such path \(404\)/,
    },
  ])(
    '$name: said, and live again within 15 s of its end',
    async ({ name, toScript, said }) => {
      const camera = await startHlsCamera(clip);
      const ring = { dir: path.join(folder, name), maxAgeMs: 600_000, maxBytes: 1e9 };
      const watched = await watchSource({ kind: 'http', url: camera.url }, { ring });
      await watched.waitUntil((health, frames) => health.state === 'live' && frames.length >= 2);
      const before = watched.healths.length;
      camera.setScript(toScript(camera));
      await watched.waitUntil(() => listSaid(watched, before).some((line) => said.test(line)));
      await delay(followMs);
      expect(watched.printed.filter((line) => line.includes('nothing is recorded'))).toEqual([]);
      camera.setScript({});
      const [endedAtMs, count] = [Date.now(), watched.frames.length];
      await watched.waitUntil((health, frames) => health.state === 'live' && frames.length >= count + 2);
      expect(Date.now() - endedAtMs).toBeLessThanOrEqual(recoveryMs);
      expect(findWrongTimes(camera, watched.frames)).toEqual([]);
      await watched.camera.stop();
      await camera.stop();
    },
    testMs,
  );

  test(
    'whose times begin anew from one segment to the next: no wrong time, nothing lost',
    async () => {
      const camera = await startHlsCamera(clip);
      const watched = await watchSource({ kind: 'http', url: camera.url });
      await watched.waitUntil((health, frames) => health.state === 'live' && frames.length >= 2);
      const before = watched.healths.length;
      camera.setScript({ discontinuity: { from: camera.newest() + 2, clip: leapt } });
      await delay(8 * segmentMs);
      const count = watched.frames.length;
      await watched.waitUntil((health, frames) => health.state === 'live' && frames.length >= count + 3);
      expect(listSaid(watched, before).filter((line) => !line.startsWith('live: '))).toEqual([]);
      expect(findWrongTimes(camera, watched.frames)).toEqual([]);
      await watched.camera.stop();
      await camera.stop();
    },
    testMs,
  );
});

test('and no process is left', async () => {
  expect(await listChildren()).not.toContain('ffmpeg');
});
