import type { Writable } from 'node:stream';
import type { FfmpegOutput } from './ffmpeg.ts';
import type { Sampling } from './sampling.ts';
import { showinfoAfter, showinfoBefore } from './showinfo.ts';

/** Decoder options before the input. One thread each side: with more, pictures leave one group of pictures late. */
export function toDecodeOptions(sampling: Sampling): string[] {
  return ['-threads', '1', ...(sampling.decode === 'keyframes' ? ['-skip_frame', 'nokey'] : [])];
}

/** Raw RGB24 pictures that fit inside the given size, aspect kept, never enlarged, each announced by two showinfo lines. */
export function toPictureOutput(
  target: Writable,
  sampling: Sampling,
  maxPixelWidth: number,
  maxPixelHeight: number,
): FfmpegOutput {
  const spacing = (sampling.minSpacingMs / 1000).toFixed(4);
  const filters = [
    // A picture is passed over, never moved in time; time that runs backwards is a new beginning.
    `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${spacing})+lt(t,prev_selected_t)'`,
    showinfoBefore,
    `scale=w='min(iw,${maxPixelWidth})':h='min(ih,${maxPixelHeight})':force_original_aspect_ratio=decrease`,
    showinfoAfter,
  ];
  return {
    target,
    options: [
      ...['-map', '0:V:0', '-filter:v', filters.join(','), '-fps_mode', 'passthrough'],
      ...['-pix_fmt', 'rgb24', '-threads', '1', '-f', 'rawvideo'],
    ],
  };
}
