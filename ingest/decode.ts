import type { Writable } from 'node:stream';
import type { FfmpegOutput } from './ffmpeg.ts';
import { type Sampling, toThinningExpression } from './sampling.ts';
import { showinfoAfter, showinfoBefore } from './showinfo.ts';
import { words } from './words.ts';

/**
 * Decoder options before the input. One thread each side: with more, pictures leave one group of pictures late. Keyframes are decoded
 * without their deblocking filter, a tenth of the cost for what scaling down hides (evidence is decoded apart, with it); when all is
 * decoded it stays on, because pictures built on each other would drift.
 */
export function toDecodeOptions(sampling: Sampling): string[] {
  return words(
    sampling.decode === 'keyframes' ? '-threads 1 -skip_loop_filter all -skip_frame nokey' : '-threads 1',
  );
}

export interface PictureTarget {
  readonly target: Writable;
  readonly maxPixelWidth: number;
  readonly maxPixelHeight: number;
}

export interface PictureOutput extends PictureTarget {
  readonly sampling: Sampling;
  readonly from: PicturesFrom;
  /** What is done with a picture before the one ahead of it. */
  readonly backwards: Backwards;
}

/**
 * `tell`: it is shown at once, by far too early a time, because the stream's time went back. `skip`: the same from a second on; what is
 * less, and a second picture of the same time, is passed over.
 */
type Backwards = 'tell' | 'skip';

/** So much earlier, ticks; in any time base in use before `tooEarlyMs`. */
const leapTicks = 1e12;
/** A picture before this is none: its time went back. */
export const tooEarlyMs = -100_000_000;

/** Passes over pictures that are not later than each before. */
const forwards = 'if(ld(1)*lte(t,ld(0)),0,st(1,1)+0*st(0,t))';

const markLeap: Record<Backwards, readonly string[]> = {
  tell: [`setpts='if(lt(PTS,PREV_INPTS),PTS-${leapTicks},PTS)'`],
  skip: [
    `setpts='if(lt(PTS,PREV_INPTS-1/TB),PTS-${leapTicks},PTS)'`,
    `select='lt(t,${tooEarlyMs / 1000})+${forwards}'`,
  ],
};

/**
 * Where pictures begin. `second keyframe`: see `dropUntimed`. `first timed frame`: passes over those to which ffmpeg gave no time of
 * the stream: it puts them at 0, far from all others.
 */
export type PicturesFrom =
  | 'first frame'
  | 'second keyframe'
  | { readonly kind: 'first timed frame'; readonly notBeforeS: number };

/** Raw RGB24 pictures that fit inside the given size, aspect kept, never enlarged, each announced by two showinfo lines. */
export function toPictureOutput(output: PictureOutput): FfmpegOutput {
  const { sampling, from, backwards } = output;
  return toOutput(output, [
    ...markLeap[backwards],
    `select='lt(t,${tooEarlyMs / 1000})+${toBeginning(from)}${toThinningExpression(sampling)}'`,
  ]);
}

/** The same of the pictures whose times are odd numbers of ticks. */
export function toMarkedPictureOutput(output: PictureTarget): FfmpegOutput {
  return toOutput(output, [`select='if(mod(pts,2),${forwards},0)'`]);
}

function toOutput(
  { target, maxPixelWidth, maxPixelHeight }: PictureTarget,
  choice: readonly string[],
): FfmpegOutput {
  const filters = [
    ...choice,
    showinfoBefore,
    `scale=w='min(iw,${maxPixelWidth})':h='min(ih,${maxPixelHeight})':force_original_aspect_ratio=decrease:flags=area`,
    showinfoAfter,
  ];
  const options = ['-map', '0:V:0', '-filter:v', filters.join(',')];
  options.push(...words('-fps_mode passthrough -pix_fmt rgb24 -threads 1 -f rawvideo'));
  return { target, options };
}

function toBeginning(from: PicturesFrom): string {
  if (from === 'first frame') return '';
  if (from === 'second keyframe') return '0*if(key,st(0,ld(0)+1))+gte(ld(0),2)*';
  return `gte(t,${from.notBeforeS})*`;
}
