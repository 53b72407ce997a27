import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../platform/mod.ts';
import { probeClip } from '../clip-facts.ts';
import { type Frame, openCamera } from '../mod.ts';
import { listChildren } from '../test-support/children.ts';
import { makeCounterClips, readCounter } from '../test-support/counter-clip.ts';
import { words } from '../words.ts';
import { canLookAhead } from './look-ahead.ts';
import { createPacketThinner } from './thin-packets.ts';

const run = promisify(execFile);
const ffmpeg = process.env.FFMPEG_PATH ?? 'ffmpeg';
const seconds = 16;
const everyMs = 2000;
const all = { decode: 'all', everyMs } as const;

let folder = '';
const at = (name: string): string => path.join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-ahead-'));
  await makeCounterClips({ seconds, width: 160, height: 90 }, [
    { file: at('plain.mp4'), gop: 100 },
    { file: at('reordered.mp4'), gop: 100, bFrames: 3, options: words('-x264-params b-pyramid=normal') },
    { file: at('open.mp4'), gop: 100, bFrames: 3, codec: 'libx265' },
    { file: at('refreshed.mp4'), gop: 100, options: words('-x264-params intra-refresh=1') },
    { file: at('one-group.mkv'), gop: 10_000, bFrames: 2 },
  ]);
  await run(ffmpeg, [...words('-v error -i'), at('reordered.mp4'), ...words('-c copy'), at('moved.mkv')]);
  await run(ffmpeg, [...words('-v error -ss 1.3 -i'), at('plain.mp4'), ...words('-c copy'), at('cut.mp4')]);
  await run(ffmpeg, [...words('-v error -i'), at('plain.mp4'), ...words('-c copy'), at('stream.ts')]);
  const twice = "setts=pts='if(eq(mod(N,7),3),PREV_OUTPTS,PTS)'";
  await run(ffmpeg, [
    ...words('-v error -i'),
    at('reordered.mp4'),
    ...words('-c copy -bsf:v'),
    twice,
    at('twice.mkv'),
  ]);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function collect(file: string, taker: (frame: Frame) => void): Promise<void> {
  const camera = await openCamera({
    id: 'ahead',
    source: { kind: 'file', path: file, realTime: false, startedAtMs: 0 },
    ring: null,
    maxPixelWidth: 160,
    maxPixelHeight: 160,
    onsetMs: 5 * everyMs,
    async onFrame(frame) {
      taker(frame);
    },
    onHealth() {},
    restart: 'until_end',
    logger: createLogger('silent'),
  });
  await camera.done;
}

/** The same pictures as ffmpeg gives them that decodes all and looks ahead at nothing. */
async function decodePlainly(file: string, numbers: readonly number[]): Promise<Buffer[]> {
  const wanted = numbers.map((number) => `eq(n,${number})`).join('+');
  const { stdout } = await run(
    ffmpeg,
    [
      ...words('-v error -i'),
      file,
      '-vf',
      `select='${wanted}',scale=w='min(iw,160)':h='min(ih,160)':force_original_aspect_ratio=decrease:flags=area`,
      ...words('-fps_mode passthrough -pix_fmt rgb24 -f rawvideo -'),
    ],
    { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 },
  );
  const bytes = 160 * 90 * 3;
  return numbers.map((_, i) => stdout.subarray(i * bytes, (i + 1) * bytes));
}

/** How many of a clip's packets are decoded. */
async function countDecoded(name: string, codec: string): Promise<{ before: number; after: number }> {
  const [whole, thin] = [at(`${name}.whole.mkv`), at(`${name}.thin.mkv`)];
  const copy = spawn(
    ffmpeg,
    [...words('-v error -i'), at(name), ...words('-map 0:V:0 -c copy -f matroska -')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await pipeline(copy.stdout, createWriteStream(whole));
  const thinner = createPacketThinner({ codec, tickMs: 1, everyMs, shortestMs: 200 });
  const written = createWriteStream(thin);
  createReadStream(whole, { highWaterMark: 777 }).pipe(thinner).pipe(written);
  await once(written, 'finish');
  const count = async (file: string): Promise<number> =>
    Number(
      (
        await run('ffprobe', [
          ...words(
            '-v error -count_packets -select_streams v -show_entries stream=nb_read_packets -of csv=p=0',
          ),
          file,
        ])
      ).stdout,
    );
  return { before: await count(whole), after: await count(thin) };
}

describe.concurrent('a clip that is read ahead', { timeout: 120_000 }, () => {
  test.each(['plain.mp4', 'reordered.mp4', 'open.mp4', 'refreshed.mp4', 'one-group.mkv', 'moved.mkv'])(
    '%s: the wanted samples, each at its time and as if all had been decoded',
    async (name) => {
      expect(canLookAhead(await probeClip(at(name)), all)).toBe(true);
      const frames: { number: number; ptsMs: number; pixels: Buffer }[] = [];
      await collect(at(name), ({ ptsMs, pixels, pixelWidth, pixelHeight }) => {
        frames.push({
          number: readCounter(pixels, pixelWidth, pixelHeight),
          ptsMs,
          pixels: Buffer.from(pixels),
        });
      });
      expect(frames.map(({ number }) => number)).toEqual([0, 50, 100, 150, 200, 250, 300, 350]);
      for (const { number, ptsMs } of frames) expect(ptsMs).toBe(number * 40);
      const plain = await decodePlainly(
        at(name),
        frames.map(({ number }) => number),
      );
      for (const [i, { pixels }] of frames.entries()) expect(pixels.equals(plain[i] as Buffer)).toBe(true);
    },
  );

  test.each([
    { name: 'plain.mp4', codec: 'h264', most: 0.52 },
    { name: 'reordered.mp4', codec: 'h264', most: 0.42 },
    { name: 'open.mp4', codec: 'hevc', most: 0.56 },
    // Its keyframes are none: all must be decoded up to the last sample.
    { name: 'refreshed.mp4', codec: 'h264', most: 0.9 },
  ])('$name: of a group only what leads to its last sample is decoded', async ({ name, codec, most }) => {
    const { before, after } = await countDecoded(name, codec);
    expect(before).toBe(seconds * 25);
    expect(after / before).toBeLessThanOrEqual(most);
    expect(after).toBeGreaterThan(4);
  });

  test.each(['cut.mp4', 'stream.ts', 'twice.mkv'])('%s is not', async (name) => {
    expect(canLookAhead(await probeClip(at(name)), all)).toBe(false);
  });
});

test('a taker that fails ends both processes', async () => {
  const fail = (): void => {
    throw new Error('no room for it');
  };
  await expect(collect(at('one-group.mkv'), fail)).rejects.toThrow('no room for it');
  await expect.poll(async () => (await listChildren()).includes('ffmpeg'), { timeout: 20_000 }).toBe(false);
});
