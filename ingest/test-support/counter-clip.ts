import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { words } from '../words.ts';

const run = promisify(execFile);

interface CounterEncoding {
  readonly file: string;
  readonly gop?: number;
  readonly bFrames?: number;
  readonly codec?: 'libx264' | 'libx265' | 'mpeg4' | 'mjpeg';
  /** Further output options. */
  readonly options?: readonly string[];
}

interface CounterPictures {
  readonly seconds: number;
  readonly frameRate?: number;
  readonly width?: number;
  readonly height?: number;
}

export interface CounterClip extends CounterEncoding, CounterPictures {}

export const counterWidth = 320;
export const counterHeight = 180;
const bits = 16;

const encoders = {
  libx264: '-preset veryfast -sc_threshold 0',
  libx265: '-preset ultrafast -x265-params log-level=error:scenecut=0',
  mpeg4: '-q:v 3',
  // RTP carries no Huffman tables: those of the standard are meant (RFC 2435, appendix B).
  mjpeg: '-q:v 3 -pix_fmt yuvj420p -huffman default',
};

/** Makes a clip with motion whose frames carry their number as a row of black and white blocks at the top, lowest bit at the left. */
export async function makeCounterClip(clip: CounterClip): Promise<string> {
  await makeCounterClips(clip, [clip]);
  return clip.file;
}

/** The same pictures in several encodings, drawn once. */
export async function makeCounterClips(
  pictures: CounterPictures,
  encodings: readonly CounterEncoding[],
): Promise<void> {
  const { seconds, frameRate = 25, width = counterWidth, height = counterHeight } = pictures;
  const timing = `r=${frameRate}:d=${seconds}`;
  const luma = 'if(gt(bitand(N,pow(2,X)),0),235,16)';
  const counter = `nullsrc=s=${bits}x2:${timing},format=yuv444p,geq=lum='${luma}':cb=128:cr=128`;
  const row = Math.round((32 / counterHeight) * height);
  const outputs = encodings.map((_, i) => `[out${i}]`).join('');
  await run('ffmpeg', [
    ...words('-hide_banner -loglevel error -y -f lavfi -i'),
    `testsrc2=s=${width}x${height}:${timing}`,
    ...words('-f lavfi -i'),
    `${counter},scale=${width}:${row}:flags=neighbor`,
    ...words(`-filter_complex [0][1]overlay=0:0:format=yuv420,split=${encodings.length}${outputs}`),
    ...encodings.flatMap(({ file, gop = 50, bFrames = 0, codec = 'libx264', options = [] }, i) => [
      ...words(`-map [out${i}] -c:v ${codec} -pix_fmt yuv420p ${encoders[codec]} -g ${gop} -bf ${bFrames}`),
      ...options,
      file,
    ]),
  ]);
}

/** Reads the number back from RGB24 pixels of any size. */
export function readCounter(pixels: Uint8Array, width: number, height: number): number {
  const y = Math.round((12 / counterHeight) * height);
  let number = 0;
  for (let bit = 0; bit < bits; bit++) {
    const x = Math.round(((bit + 0.5) * width) / bits);
    if ((pixels[(y * width + x) * 3 + 1] ?? 0) > 128) number |= 1 << bit;
  }
  return number;
}
