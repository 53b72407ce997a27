import path from 'node:path';
import type { Writable } from 'node:stream';
import { toDecodeOptions, toPictureOutput } from './decode.ts';
import type { FfmpegOutput, FfmpegTask } from './ffmpeg.ts';
import type { LiveInput } from './live-input.ts';
import { segmentListName, segmentPattern } from './ring-index.ts';
import type { Sampling } from './sampling.ts';
import { words } from './words.ts';

export interface LiveCommand {
  readonly input: LiveInput;
  readonly sampling: Sampling;
  readonly pictures: Writable;
  readonly maxPixelWidth: number;
  readonly maxPixelHeight: number;
  /** Where the connection's segments go; `null`: not recorded. */
  readonly recording: { readonly dir: string; readonly segmentMs: number } | null;
}

/**
 * Added to all stream times. Larger than any decoding time that ffmpeg makes up for packets without one (it counts from 0): its guess
 * at frame times compares the two and takes the made-up one when a presentation time looks late, as it does behind B-frames.
 */
const timeShiftS = 3600;

/**
 * Pulls one stream: raw pictures to a pipe, and a copy of the stream to segments. Only the pictures are fetched, no sound: one stream
 * keeps its times when the sender's clock reports come in, and nobody's words are recorded.
 */
export function toLiveTask(command: LiveCommand): Omit<FfmpegTask, 'onLine'> {
  const { input, sampling, recording } = command;
  return {
    input: input.url,
    inputOptions: [
      ...words('-loglevel info -stats -stats_period 0.5'),
      ...(input.isPaced ? [] : words(`-itsoffset ${timeShiftS}`)),
      ...input.inputOptions,
      ...toDecodeOptions(sampling),
    ],
    outputs: [
      toPictureOutput({ ...command, target: command.pictures, from: input.picturesFrom }),
      recording === null ? toNothing : toSegmentOutput(recording),
    ],
    timeoutMs: null, // the owner's watchdog
  };
}

/**
 * The first access unit after connecting has no time stamp (ffmpeg's parser loses it), and a guess would put it, and what follows, at
 * another's time: it is dropped with all that depends on it. Pictures are taken from the second keyframe on, which is recorded always.
 */
const dropUntimed = "noise=drop='0*if(eq(pts,nopts),st(0,1),if(key,st(0,0)))+ld(0)'";

/**
 * The copy's decoding times lie this much before its presentation times: further than any reordering, so that the muxer never
 * "corrects" one by the other. They are not kept by the container, but show in ffmpeg's reports how far the stream has come.
 */
export const copyLagMs = 1000;
const setDecodingTimes = `setts=pts=PTS:dts='if(eq(N,0),PTS-${copyLagMs},max(PREV_OUTDTS+1,PTS-${copyLagMs}))'`;

const copyOptions: readonly string[] = [
  ...words('-map 0:V:0 -c copy -avoid_negative_ts disabled -bsf:v'),
  `${dropUntimed},${setDecodingTimes}`,
];

/** Without a ring the copy still tells how far the stream has come. */
const toNothing: FfmpegOutput = { options: [...copyOptions, '-f', 'matroska'], target: '/dev/null' };

function toSegmentOutput(recording: NonNullable<LiveCommand['recording']>): FfmpegOutput {
  const { dir, segmentMs } = recording;
  return {
    target: path.resolve(dir, segmentPattern).replaceAll(/%(?!08d)/g, '%%'),
    options: [
      ...copyOptions,
      ...words(`-f segment -segment_format matroska -segment_time ${segmentMs / 1000}`),
      // By this machine's clock: by stream time, shifted as it is, there would be a cut at each keyframe.
      ...words('-segment_atclocktime 1'),
      // Matroska needs no proper end: what is flushed can be read, also while it is written and after a kill.
      ...words('-segment_format_options cluster_time_limit=500:flush_packets=1 -segment_list'),
      path.resolve(dir, segmentListName),
      // Without a limit the list grows by a line per segment, so that only its end need be read.
      ...words('-segment_list_type csv -segment_list_size 0'),
    ],
  };
}
