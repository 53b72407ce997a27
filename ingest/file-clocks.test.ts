import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../platform/mod.ts';
import { findTurn } from './clip-order.ts';
import { type Camera, type Frame, openCamera } from './mod.ts';
import { makeCounterClip, readCounter } from './test-support/counter-clip.ts';

const run = promisify(execFile);
const seconds = 12;
let folder = '';
let clip = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-clocks-'));
  clip = await makeCounterClip({ file: path.join(folder, 'clip.mp4'), seconds, gop: 25, bFrames: 2 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The clip made anew with these options, `-c copy` unless they say otherwise. */
async function remake(name: string, options: string, before = ''): Promise<string> {
  const file = path.join(folder, name);
  const codec = options.includes('-c:v') ? '' : '-c copy';
  const given = `-v error -y ${before} -i ${clip} ${codec} ${options} ${file}`;
  await run(
    'ffmpeg',
    given.split(' ').filter((word) => word !== ''),
  );
  return file;
}

/** One MPEG-TS after the other, byte by byte. */
async function join(name: string, offsetsS: readonly number[]): Promise<string> {
  const file = path.join(folder, name);
  for (const offsetS of offsetsS) {
    const part = await remake(`part-${offsetS}-${name}`, `-f mpegts -output_ts_offset ${offsetS}`);
    await appendFile(file, await readFile(part));
  }
  return file;
}

async function collect(file: string, onsetMs: number): Promise<{ frames: Frame[]; camera: Camera }> {
  const frames: Frame[] = [];
  const camera = await openCamera({
    id: 'clocks',
    source: { kind: 'file', path: file, realTime: false, startedAtMs: 0 },
    ring: null,
    maxPixelWidth: 160,
    maxPixelHeight: 160,
    onsetMs,
    async onFrame(frame) {
      frames.push(frame);
    },
    onHealth() {},
    restart: 'until_end',
    logger: createLogger('silent'),
  });
  await camera.done;
  return { frames, camera };
}

const read = (frame: Frame): number => readCounter(frame.pixels, frame.pixelWidth, frame.pixelHeight);

describe.concurrent('each frame has its own time and can be read by it', { timeout: 120_000 }, () => {
  test.each([
    {
      name: 'MPEG-TS over the wrap of its 33 bits (from below 0 on)',
      make: () => remake('wrap.ts', '-output_ts_offset 95436'),
    },
    { name: 'MPEG-TS right before the wrap', make: () => remake('before.ts', '-output_ts_offset 95420') },
    { name: 'a time of many hours', make: () => remake('late.mkv', '-output_ts_offset 80000') },
    {
      name: 'an edit list that begins between keyframes',
      make: () => remake('edit.mp4', '', '-ss 1.32'),
      from: 33,
    },
    {
      name: 'an edit list with an empty start',
      make: () => remake('empty.mp4', '-output_ts_offset 2 -movflags +use_metadata_tags'),
    },
  ])('$name', async ({ make, from = 0 }) => {
    const file = await make();
    for (const onsetMs of [60_000, 1000]) {
      const { frames, camera } = await collect(file, onsetMs);
      expect(frames.length).toBeGreaterThanOrEqual(4);
      const first = frames[0] as Frame;
      // Where frames are hidden before the first one shown, players begin at 0 all the same.
      expect(Math.abs(first.ptsMs - (read(first) - from) * 40)).toBeLessThanOrEqual(from > 0 ? 1000 : 1);
      for (const frame of frames)
        expect(Math.abs(frame.ptsMs - first.ptsMs - (read(frame) - read(first)) * 40)).toBeLessThanOrEqual(1);
      await expectReadable(frames, camera);
      expect(camera.health().timeJumps).toBe(0);
    }
  });

  test.each([
    {
      name: 'pictures at uneven times',
      options: `-vf select='not(mod(n\\,3))+lt(mod(n\\,50)\\,20)' -fps_mode vfr -c:v libx264 -bf 2 -g 25`,
      isTrue: true,
    },
    {
      name: 'pictures of one time',
      options: `-bsf:v setts=pts='if(eq(mod(N,7),3),PREV_OUTPTS,PTS)'`,
      isTrue: false,
    },
  ])('$name', async ({ name, options, isTrue }) => {
    const file = await remake(`${name.replaceAll(' ', '-')}.mkv`, options);
    for (const onsetMs of [60_000, 1000]) {
      const { frames, camera } = await collect(file, onsetMs);
      expect(frames.length).toBeGreaterThanOrEqual(4);
      if (isTrue) for (const frame of frames) expect(frame.ptsMs).toBe(read(frame) * 40);
      await expectReadable(frames, camera);
    }
  });

  test('a hole in a recording is counted', async () => {
    const { frames, camera } = await collect(await join('hole.ts', [0, 40]), 60_000);
    expect(camera.health()).toMatchObject({ timeJumps: 1, state: 'ended' });
    await expectReadable(frames, camera);
  });

  async function expectReadable(frames: readonly Frame[], camera: Camera): Promise<void> {
    for (const [i, frame] of frames.entries())
      expect(frame.ptsMs).toBeGreaterThan(frames[i - 1]?.ptsMs ?? Number.NEGATIVE_INFINITY);
    const step = Math.max(1, Math.floor(frames.length / 6));
    for (const frame of frames.filter((_, i) => i % step === 0)) {
      const { bytes } = await camera.footage.readFrame(frame.ptsMs);
      const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      expect(readCounter(data, info.width, info.height)).toBe(read(frame));
    }
  }
});

describe.concurrent('refused by name', { timeout: 60_000 }, () => {
  test.each([
    {
      name: 'time that begins anew',
      make: () => join('anew.ts', [0, 0]),
      code: 'bad_footage',
      why: /goes back/,
    },
    {
      name: 'time that goes back',
      make: () => join('back.ts', [30, 0]),
      code: 'bad_footage',
      why: /goes back/,
    },
    { name: 'bare H.264', make: () => remake('bare.h264', ''), code: 'not_a_video', why: /no times/ },
    {
      name: 'bare H.265',
      make: () => remake('bare.h265', '-c:v libx265 -preset ultrafast'),
      code: 'not_a_video',
      why: /no times/,
    },
  ])('$name', async ({ make, code, why }) => {
    const file = await make();
    await expect(collect(file, 60_000)).rejects.toMatchObject({ code, message: expect.stringMatching(why) });
  });
});

describe('where the time of packets goes back', () => {
  const count = (from: number, length: number): [number, number][] =>
    Array.from({ length }, (_, i) => [from + i, from + i]);
  const unknown = Number.NaN;
  test.each<[string, [number, number][], number | null]>([
    ['nowhere', count(0, 20), null],
    [
      'reordering of four',
      [
        [0, 0],
        [8, 1],
        [4, 2],
        [2, 3],
        [1, 4],
        [3, 5],
        [6, 6],
        [5, 7],
        [7, 8],
      ],
      null,
    ],
    ['a second beginning', [...count(0, 20), ...count(0, 20)], 19],
    ['less than is looked at', [...count(0, 20), [18.5, 18.5]], null],
    ['presentation alone', [...count(0, 9), ...count(0, 9)].map(([pts]) => [pts, unknown]), 8],
    ['decoding alone', [...count(0, 9), ...count(0, 9)].map(([, dts]) => [unknown, dts]), 8],
    [
      'nothing known',
      [
        [unknown, unknown],
        [unknown, unknown],
      ],
      null,
    ],
  ])('%s', (_name, times, turnS) => {
    expect(findTurn(times)).toBe(turnS);
  });
});
