import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../test/support/fixtures.ts';

const run = promisify(execFile);
const encodeTimeoutMs = 20 * 60_000;

/** Made clips stay here, so that a second bench does not make them again. */
export const clipsDir = path.join(tmpdir(), 'xunjie-bench-clips');

export interface StreetClipOptions {
  readonly seconds: number;
  /** Keyframe every so many frames, at 25 frames a second. */
  readonly gop: number;
  readonly bFrames: number;
}

/**
 * The demo's harbour road as a roadside camera would send it: 1920x1080, 25 frames a second, sensor noise, H.264 main profile at a
 * constant 4 Mbit/s with half a second of rate-control buffer. A minute is encoded and repeated without encoding.
 */
export async function makeStreetClip(options: StreetClipOptions): Promise<string> {
  const { seconds, gop, bFrames } = options;
  await mkdir(clipsDir, { recursive: true });
  const minute = await encodeMinute(gop, bFrames);
  const repeats = Math.ceil(seconds / 60);
  if (repeats <= 1) return minute;
  const clip = path.join(clipsDir, `street-gop${gop}-b${bFrames}-${repeats}min.mp4`);
  return makeOnce(clip, ['-stream_loop', String(repeats - 1), '-i', minute, '-c', 'copy']);
}

async function encodeMinute(gop: number, bFrames: number): Promise<string> {
  const options = [
    ...'-t 60 -an -vf scale=1920:1080,fps=25,noise=alls=8:allf=t -c:v libx264 -preset veryfast -profile:v main'.split(
      ' ',
    ),
    ...`-bf ${bFrames} -g ${gop} -keyint_min ${gop} -sc_threshold 0 -pix_fmt yuv420p`.split(' '),
    ...'-b:v 4M -maxrate 4M -bufsize 2M'.split(' '),
  ];
  return makeOnce(path.join(clipsDir, `street-gop${gop}-b${bFrames}.mp4`), [
    ...'-stream_loop -1 -i'.split(' '),
    path.join(projectRoot, 'samples/town/harbour-road.mp4'),
    ...options,
  ]);
}

async function makeOnce(clip: string, options: readonly string[]): Promise<string> {
  if (existsSync(clip)) return clip;
  const draft = clip.replace(/\.mp4$/, `.${process.pid}.draft.mp4`);
  await run('ffmpeg', ['-v', 'error', '-y', ...options, draft], { timeout: encodeTimeoutMs });
  await rename(draft, clip);
  return clip;
}

export interface StreamFacts {
  readonly bitsPerSecond: number;
  readonly keyframeBytes: number;
}

/** What the stream really is, for the report beside the figures. */
export async function measureStream(clip: string): Promise<StreamFacts> {
  const { stdout } = await run(
    'ffprobe',
    [
      ...'-v error -select_streams v -read_intervals %+60 -show_entries packet=size,flags -of csv=p=0'.split(
        ' ',
      ),
      clip,
    ],
    { maxBuffer: 16 * 1024 * 1024, timeout: 60_000 },
  );
  const packets = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const total = packets.reduce((sum, [size]) => sum + Number(size), 0);
  const keyframes = packets.filter(([, flags]) => flags?.startsWith('K')).map(([size]) => Number(size));
  return {
    bitsPerSecond: Math.round((total * 8) / (packets.length / 25)),
    keyframeBytes: Math.round(keyframes.reduce((sum, size) => sum + size, 0) / keyframes.length),
  };
}
