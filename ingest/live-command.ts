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
  /** Where the pictures go; `null`: nothing is decoded. */
  readonly pictures: Writable | null;
  readonly maxPixelWidth: number;
  readonly maxPixelHeight: number;
  /** Where the connection's segments go; `null`: not recorded. */
  readonly recording: { readonly dir: string; readonly segmentMs: number } | null;
  /** Where the clock output goes; `null`: there is none. */
  readonly clockTarget: string | null;
}

/**
 * Pulls one stream: raw pictures to a pipe, and a copy of the stream to segments. Only the pictures are fetched, no sound: one stream
 * keeps its times when the sender's clock reports come in, and nobody's words are recorded.
 */
export function toLiveTask(command: LiveCommand): Omit<FfmpegTask, 'onLine'> {
  const { input, sampling, recording, clockTarget, pictures } = command;
  const shiftS = input.timeShiftS;
  const timed = { kind: 'first timed frame', notBeforeS: shiftS / 2 } as const;
  // With the clock output it is known which pictures are recorded, and the others are left out there.
  const from = input.picturesFrom === 'second keyframe' && clockTarget !== null ? timed : input.picturesFrom;
  return {
    input: input.url,
    inputOptions: [
      ...words('-loglevel info -stats -stats_period 0.5'),
      ...words(`-itsoffset ${shiftS}`),
      ...input.inputOptions,
      ...(pictures === null ? [] : toDecodeOptions(sampling)),
    ],
    outputs: [
      ...(pictures === null ? [] : [toPictureOutput({ ...command, target: pictures, from })]),
      recording === null ? toNothing(shiftS) : toSegmentOutput(recording, shiftS),
      ...(clockTarget === null ? [] : [toClockOutput(clockTarget, shiftS)]),
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
function toDecodingTimes(shiftS: number): string {
  const early = `PTS-${toTicks(copyLagMs, 'STARTPTS', shiftS)}`;
  return `setts=pts=PTS:dts='if(eq(N,0),${early},max(PREV_OUTDTS+1,${early}))'`;
}

/**
 * A duration in the ticks that the copy's filters count in, which differ between versions of ffmpeg and are not what their "time base"
 * says. But each stream begins at the time shift, and by that they can be told, to a thousandth.
 */
function toTicks(ms: number, start: 'STARTPTS' | 'startpts', shiftS: number): string {
  return `${start}*${ms / 1000 / shiftS}`;
}

/**
 * Stops the copy where the stream's time leaps: what comes after it would be recorded under times that others bear, or will. Its owner
 * ends the connection then. Forwards a pause of this length is told from a leap by nothing but the arrival, so it ends there as well.
 */
export const longestPauseMs = 10_000;
const longestStepBackMs = 3000;
function toLeapStop(shiftS: number): string {
  return [
    `noise=drop='if(ld(1)*(lt(pts,ld(2)-${toTicks(longestStepBackMs, 'startpts', shiftS)})`,
    `+gt(pts,ld(2)+${toTicks(longestPauseMs, 'startpts', shiftS)})),st(3,1))*0`,
    "+0*st(2,if(ld(1),max(pts,ld(2)),pts))*st(1,1)+ld(3)'",
  ].join('');
}

function toCopyOptions(shiftS: number): string[] {
  return [
    ...words('-map 0:V:0 -c copy -avoid_negative_ts disabled -bsf:v'),
    `${dropUntimed},${toLeapStop(shiftS)},${toDecodingTimes(shiftS)}`,
  ];
}

/** Without a ring the copy still tells how far the stream has come. */
function toNothing(shiftS: number): FfmpegOutput {
  return { options: [...toCopyOptions(shiftS), '-f', 'matroska'], target: '/dev/null' };
}

function toSegmentOutput(recording: NonNullable<LiveCommand['recording']>, shiftS: number): FfmpegOutput {
  const { dir, segmentMs } = recording;
  return {
    target: path.resolve(dir, segmentPattern).replaceAll(/%(?!08d)/g, '%%'),
    options: [
      ...toCopyOptions(shiftS),
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

/** How far the decoding times of the clock output lie before the presentation times, ticks of its time scale. */
export const clockLeadTicks = 100_000;
/** Between two points of the clock output that are no keyframes. */
const pointEveryMs = 500;

/**
 * The stream's keyframes, and one packet each half second, as a fragmented MP4 of which `createClockPointReader` reads all but the
 * pictures: it tells which keyframes there are, whether they are decoded or not, and what the camera's clock says. ffmpeg's RTSP
 * reader gives each packet its time by the last RTCP sender report ("producer reference time"); on the way through the parser it comes
 * to the packet before, so that each packet is given the time stamp of the next.
 */
function toClockOutput(target: string, shiftS: number): FfmpegOutput {
  const thin = `noise=drop='if(key+gte(pts-ld(1),${toTicks(pointEveryMs, 'startpts', shiftS)})+lt(pts,ld(1)-${toTicks(longestStepBackMs, 'startpts', shiftS)}),0*st(1,pts),1)'`;
  const early = `PTS-${clockLeadTicks}`;
  const pair = `setts=pts='if(eq(NEXT_PTS,NOPTS),PTS,NEXT_PTS)':dts='if(eq(N,0),${early},max(PREV_OUTDTS+1,${early}))'`;
  return {
    target,
    options: [
      ...words('-map 0:V:0 -c copy -avoid_negative_ts disabled -bsf:v'),
      `${dropUntimed},${pair},${thin}`,
      ...words('-f mp4 -movflags +empty_moov+default_base_moof+frag_every_frame+skip_trailer'),
      ...words('-write_prft wallclock -flush_packets 1'),
    ],
  };
}
