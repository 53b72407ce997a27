import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const timeoutMs = 120_000;

/** Footage as cameras and recorders leave it; all of it 12 s with a keyframe every 2 s. */
export interface OtherFootage {
  readonly name: string;
  readonly file: string;
  readonly size: string;
  readonly rate?: number;
  /** Options of the encoder and of the container, in words. */
  readonly options: string;
  /** With a mono sound track. */
  readonly hasSound?: boolean;
}

const h264 = '-c:v libx264 -preset ultrafast -sc_threshold 0';

export const otherFootage: readonly OtherFootage[] = [
  { name: 'portrait', file: 'portrait.mp4', size: '1080x1920', rate: 3, options: `${h264} -g 6` },
  { name: '4K', file: 'uhd.mp4', size: '3840x2160', rate: 2, options: `${h264} -g 4` },
  { name: 'CIF', file: 'cif.mp4', size: '352x288', options: `${h264} -g 10` },
  {
    name: 'HEVC',
    file: 'hevc.mp4',
    size: '640x360',
    options: '-c:v libx265 -preset ultrafast -g 10 -tag:v hvc1 -x265-params log-level=error:scenecut=0',
  },
  {
    name: 'B-frames and sound',
    file: 'b-frames.mp4',
    size: '640x360',
    options: '-c:v libx264 -preset veryfast -sc_threshold 0 -g 10 -bf 3',
    hasSound: true,
  },
  {
    name: 'a transport stream with B-frames that does not begin at 0',
    file: 'stream.ts',
    size: '640x360',
    options: '-c:v libx264 -preset veryfast -sc_threshold 0 -g 10 -bf 2 -output_ts_offset 3600',
  },
  {
    name: 'a changing frame rate',
    file: 'vfr.mp4',
    size: '640x360',
    rate: 10,
    options: `-vf select='lt(t,4)+gt(t,8)+not(mod(n,4))' -fps_mode vfr ${h264} -g 8`,
  },
];

/** Makes the file in a folder; resolves with its path. */
export async function makeOtherFootage(footage: OtherFootage, folder: string): Promise<string> {
  const file = path.join(folder, footage.file);
  const { size, rate = 5, hasSound = false, options } = footage;
  const sound = hasSound ? words('-f lavfi -i sine=frequency=440:duration=12 -ac 1 -c:a aac') : [];
  await run(
    'ffmpeg',
    [
      ...words(`-hide_banner -loglevel error -y -f lavfi -i testsrc2=s=${size}:r=${rate}:d=12`),
      ...sound,
      // As shells do with quotes: the filter's commas are inside them.
      ...words(`-threads 1 ${options}`),
      ...(options.includes('pix_fmt') ? [] : words('-pix_fmt yuv420p')),
      file,
    ],
    { timeout: timeoutMs },
  );
  return file;
}

/** MD5 of each picture (RGB, as shown) by its time as a player counts, whole milliseconds: ffmpeg's own decoding from the very beginning. */
export async function hashPictures(file: string): Promise<Map<number, string>> {
  const args = `-hide_banner -loglevel error -copyts -i ${file} -map 0:V:0 -fps_mode passthrough -pix_fmt rgb24`;
  const options = { timeout: timeoutMs, maxBuffer: 16 << 20 };
  const { stdout } = await run('ffmpeg', [...words(args), ...words('-f framemd5 -')], options);
  const probed = await run(
    'ffprobe',
    [...words('-v error -show_entries format=start_time -of csv=p=0'), file],
    options,
  );
  const startMs = Number(probed.stdout.trim()) * 1000;
  const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)$/m.exec(stdout) ?? [];
  const tickMs = (Number(numerator) / Number(denominator)) * 1000;
  const rows = stdout.matchAll(/^0,\s*-?\d+,\s*(-?\d+),\s*\d+,\s*\d+,\s*([0-9a-f]{32})$/gm);
  return new Map(
    [...rows].map(([, pts, md5 = '']) => [Math.round(Number(pts) * tickMs - startMs), md5] as const),
  );
}

function words(options: string): string[] {
  return options.split(' ');
}
