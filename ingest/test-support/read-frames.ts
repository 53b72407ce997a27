import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Rgb, Size } from './disturb-view.ts';

const run = promisify(execFile);

/** Pictures of a clip, one each `gapS` seconds, scaled to a size: RGB24. */
export async function readFrames(file: string, gapS: number, count: number, size: Size): Promise<Rgb[]> {
  const { width, height } = size;
  const bytes = width * height * 3;
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-vf', `fps=1/${gapS},scale=${width}:${height}`].concat([
      '-frames:v',
      String(count),
      '-pix_fmt',
      'rgb24',
      '-f',
      'rawvideo',
      '-',
    ]),
    { encoding: 'buffer', maxBuffer: bytes * (count + 1) },
  );
  return Array.from({ length: Math.floor(stdout.length / bytes) }, (_, at) =>
    stdout.subarray(at * bytes, (at + 1) * bytes),
  );
}
