import type { Writable } from 'node:stream';
import type { FfmpegOutput } from './ffmpeg.ts';
import type { Sampling } from './sampling.ts';
import { showinfoAfter, showinfoBefore } from './showinfo.ts';
import { words } from './words.ts';

/** Decoder options before the input. One thread each side: with more, pictures leave one group of pictures late. */
export function toDecodeOptions(sampling: Sampling): string[] {
  return words(sampling.decode === 'keyframes' ? '-threads 1 -skip_frame nokey' : '-threads 1');
}

export interface PictureOutput {
  readonly target: Writable;
  readonly sampling: Sampling;
  readonly maxPixelWidth: number;
  readonly maxPixelHeight: number;
  readonly from: 'first frame' | 'second keyframe';
}

/** Raw RGB24 pictures that fit inside the given size, aspect kept, never enlarged, each announced by two showinfo lines. */
export function toPictureOutput(output: PictureOutput): FfmpegOutput {
  const { target, sampling, maxPixelWidth, maxPixelHeight, from } = output;
  const spacing = (sampling.minSpacingMs / 1000).toFixed(4);
  // A picture is passed over, never moved in time; time that runs backwards is a new beginning.
  const due = `(isnan(prev_selected_t)+gte(t-prev_selected_t,${spacing})+lt(t,prev_selected_t))`;
  const filters = [
    from === 'first frame' ? `select='${due}'` : `select='0*if(key,st(0,ld(0)+1))+gte(ld(0),2)*${due}'`,
    showinfoBefore,
    `scale=w='min(iw,${maxPixelWidth})':h='min(ih,${maxPixelHeight})':force_original_aspect_ratio=decrease`,
    showinfoAfter,
  ];
  const options = ['-map', '0:V:0', '-filter:v', filters.join(',')];
  options.push(...words('-fps_mode passthrough -pix_fmt rgb24 -threads 1 -f rawvideo'));
  return { target, options };
}
