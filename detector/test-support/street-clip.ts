import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Pictures of one street, RGB24. */
export interface StreetClip {
  readonly pixelWidth: number;
  readonly pixelHeight: number;
  readonly pictures: readonly Uint8Array[];
}

/** Decodes a clip to pictures `pixelWidth` wide, `perSecond` of them for each second of the clip. */
export async function readStreetClip(
  file: string,
  options: { pixelWidth: number; pixelHeight: number; perSecond: number; maxPictures: number },
): Promise<StreetClip> {
  const { pixelWidth, pixelHeight, perSecond, maxPictures } = options;
  const bytes = await runFfmpeg([
    '-v',
    'error',
    '-i',
    file,
    '-vf',
    `fps=${perSecond},scale=${pixelWidth}:${pixelHeight}:flags=area`,
    '-frames:v',
    String(maxPictures),
    ...'-f rawvideo -pix_fmt rgb24 pipe:1'.split(' '),
  ]);
  return { pixelWidth, pixelHeight, pictures: cut(bytes, pixelWidth * pixelHeight * 3) };
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

async function runFfmpeg(args: readonly string[]): Promise<Buffer> {
  const { stdout } = await promisify(execFile)('ffmpeg', args, {
    encoding: 'buffer',
    maxBuffer: 512 * 1024 * 1024,
    timeout: 120_000,
  });
  return stdout;
}
