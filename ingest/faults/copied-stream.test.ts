import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toFileInput } from '../clip-facts.ts';
import { runFfprobe } from '../ffprobe.ts';
import { listChildren } from '../test-support/children.ts';
import { makeCounterClips, readCounter } from '../test-support/counter-clip.ts';
import { type EncodedClip, readAccessUnits } from '../test-support/scripted-camera/access-units.ts';
import { type ScriptedCamera, startScriptedCamera } from '../test-support/scripted-camera/scripted-camera.ts';
import { type WatchedCamera, watchCamera } from '../test-support/watched-camera.ts';
import { words } from '../words.ts';

const testMs = 100_000;
const frameMs = 100;

let folder = '';
let clips: readonly EncodedClip[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-copied-'));
  const [small, large, h265] = ['small', 'large', 'h265'].map((name) => path.join(folder, `${name}.mp4`)) as [
    string,
    string,
    string,
  ];
  await makeCounterClips({ seconds: 80, frameRate: 1000 / frameMs }, [
    { file: small, gop: 10 },
    { file: large, gop: 10, options: ['-s', '640x360'] },
    { file: h265, gop: 10, codec: 'libx265', options: words('-tag:v hvc1') },
  ]);
  clips = [
    await readAccessUnits(small, 'h264'),
    await readAccessUnits(large, 'h264'),
    await readAccessUnits(h265, 'h265'),
  ];
}, testMs);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Stage {
  readonly camera: ScriptedCamera;
  readonly live: WatchedCamera;
}

/** A camera whose stream is recorded and of which nothing is decoded. */
async function openStage(name: string): Promise<Stage> {
  const camera = await startScriptedCamera({ clips, frameMs });
  const ring = { dir: path.join(folder, `ring-${name}`), maxAgeMs: 600_000, maxBytes: 1e9 };
  const live = await watchCamera(camera.url, { ring }, undefined, 'record');
  await live.waitForState('live');
  return { camera, live };
}

/** The recorded frame nearest to a time is the one that its number says, in the size of then. */
async function expectFrame(
  { camera, live }: Stage,
  atMs: number,
  size: readonly [number, number],
): Promise<void> {
  const frame = await live.camera.footage.readFrame(atMs);
  const { data, info } = await sharp(frame.bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual(size);
  const offMs = camera.toErrorMs(frame.ptsMs, readCounter(data, info.width, info.height));
  expect(Math.abs(offMs)).toBeLessThanOrEqual(live.camera.health().clockErrorMs ?? 0);
  expect(Math.abs(frame.ptsMs - atMs)).toBeLessThanOrEqual(1000);
}

async function listSizes(file: string): Promise<string[]> {
  const found = (await runFfprobe(toFileInput(file), words('-show_entries frame=width,height'))) as {
    frames: { width: number; height: number }[];
  };
  return [...new Set(found.frames.map(({ width, height }) => `${width}x${height}`))];
}

const waitUntil = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 100));
};

describe.concurrent('a stream that is recorded and not decoded', () => {
  test(
    'of another picture size from one keyframe to the next: a new recording, and each frame in its size',
    async () => {
      const stage = await openStage('size');
      const { camera, live } = stage;
      await new Promise((resolve) => setTimeout(resolve, 5000));
      const changedAtMs = Date.now();
      camera.setScript({ encoding: 1 });
      await waitUntil(() => live.camera.health().width === 640);
      const againAtMs = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 5000));
      const lastMs = Date.now();
      // No fault: it is live all along, and nothing has to be said.
      expect(live.changes.map(({ state, reason }) => [state, reason])).toEqual([
        ['connecting', ''],
        ['live', ''],
      ]);
      expect(live.camera.health().restarts).toBe(1);
      await expectFrame(stage, changedAtMs - 2500, [320, 180]);
      await expectFrame(stage, lastMs - 1000, [640, 360]);
      const before = await live.camera.footage.readClip(changedAtMs - 3000, againAtMs);
      expect(before.fromPtsMs).toBeLessThanOrEqual(changedAtMs - 2000);
      expect(await listSizes(before.file)).toEqual(['320x180']);
      const after = await live.camera.footage.readClip(lastMs - 3000, lastMs - 500);
      expect(await listSizes(after.file)).toEqual(['640x360']);
      await live.camera.stop();
      await camera.stop();
    },
    testMs,
  );

  test(
    'of another codec under the same description: said, and recorded anew as what it is',
    async () => {
      const stage = await openStage('codec');
      const { camera, live } = stage;
      await new Promise((resolve) => setTimeout(resolve, 5000));
      const changedAtMs = Date.now();
      camera.setScript({ encoding: 2 });
      await waitUntil(() => live.camera.health().codec === 'hevc');
      await live.waitForState('live');
      await new Promise((resolve) => setTimeout(resolve, 5000));
      const lastMs = Date.now();
      expect(live.changes.map(({ reason }) => reason).join()).toMatch(/^,+no keyframe for 1\d s/);
      await expectFrame(stage, changedAtMs - 2500, [320, 180]);
      await expectFrame(stage, lastMs - 1000, [320, 180]);
      await live.camera.stop();
      await camera.stop();
    },
    testMs,
  );
});

test('and no process is left', async () => {
  expect(await listChildren()).not.toContain('ffmpeg');
});
