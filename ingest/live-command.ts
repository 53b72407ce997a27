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
      // Reports are needed only where nothing else tells how far the stream has come.
      ...words(pictures === null && clockTarget === null ? '-stats -stats_period 0.5' : '-nostats'),
      // Repeated lines, too: a redirection to the address that it comes from is the same line again.
      ...words(`-loglevel repeat+info -itsoffset ${shiftS}`),
      ...input.inputOptions,
      ...(pictures === null ? [] : toDecodeOptions(sampling)),
    ],
    outputs: [
      ...(pictures === null
        ? []
        : [toPictureOutput({ ...command, target: pictures, from, backwards: 'tell' })]),
      ...(recording === null ? [] : [toSegmentOutput(recording)]),
      ...(clockTarget === null ? [] : [toClockOutput(clockTarget)]),
    ],
    timeoutMs: null, // the owner's watchdog
  };
}

/**
 * The first access unit after connecting has no time stamp (ffmpeg's parser loses it), and a guess would put it, and what follows, at
 * another's time: it is dropped with all that depends on it. Pictures are taken from the second keyframe on, which is recorded always.
 */
const dropUntimed = "noise=drop='0*if(eq(pts,nopts),st(0,1),if(key,st(0,0)))+ld(0)'";

/** A packet before more than this many that came earlier: the stream's time went back. Reordering (B-frames) never goes so far. */
const mostReordered = 4;

/**
 * Whether time goes back at the packet of time `pts`; evaluated once for each, in order. Registers 2 to 6 hold the greatest times so
 * far, 7 the last one: packets of one picture count as one.
 */
function toLeapTest(pts: string): string {
  const [top, end] = [2, 2 + mostReordered];
  const steps: string[] = [];
  for (let at = end; at > top; at--) steps.push(`st(${at},max(ld(${at}),min(${pts},ld(${at - 1}))))`);
  steps.push(`st(${top},max(ld(${top}),${pts}))`, `st(7,${pts})`);
  return `if(lt(${pts},ld(${end})),1,if(eq(${pts},ld(7)),0,0*(${steps.join('+')})))`;
}

/** What comes after the stream's time went back is not recorded: a file would hold two pictures of one time. */
const dropLeapt = `noise=drop='if(ld(8)+${toLeapTest('pts')},st(8,1),0)'`;

/**
 * The decoding times of copies lie this much before their presentation times, in ticks of whatever the muxer counts in: further than any
 * reordering, so that it never "corrects" one by the other. The segments do not keep them.
 */
export const leadTicks = 100_000;
const early = `PTS-${leadTicks}`;
const decodingTimes = `dts='if(eq(N,0),${early},max(PREV_OUTDTS+1,${early}))'`;

const copyOptions: readonly string[] = [
  ...words('-map 0:V:0 -c copy -avoid_negative_ts disabled -bsf:v'),
  `${dropUntimed},${dropLeapt},setts=pts=PTS:${decodingTimes}`,
];

function toSegmentOutput(recording: NonNullable<LiveCommand['recording']>): FfmpegOutput {
  const { dir, segmentMs } = recording;
  return {
    target: path.resolve(dir, segmentPattern).replaceAll(/%(?!08d)/g, '%%'),
    options: [
      ...copyOptions,
      ...words(`-f segment -segment_format matroska -segment_time ${segmentMs / 1000}`),
      // By this machine's clock: by stream time, shifted as it is, there would be a cut at each keyframe.
      ...words('-segment_atclocktime 1'),
      // Matroska needs no proper end: what is flushed can be read, also while it is written and after a kill. A cluster is kept back until
      // it is over, so that each packet is one of its own: else a frame that was looked at is lost with a camera that falls silent.
      // Nobody reads the check sums of its parts, which cost a thirtieth of all that a stream takes: evidence has its own.
      ...words('-segment_format_options cluster_time_limit=1:flush_packets=1:write_crc32=0 -segment_list'),
      path.resolve(dir, segmentListName),
      // Without a limit the list grows by a line per segment, so that only its end need be read.
      ...words('-segment_list_type csv -segment_list_size 0'),
    ],
  };
}

/** Between two points of the clock output that are no keyframes; and so far back time does not go by reordering. */
const pointEveryS = 0.5;
const stepBackS = 3;
/** The least that MP4 counts in, per second: ffmpeg 5.1 gives its filters the stream's time base and the muxer's ticks. */
const mp4Ticks = 16_000;

/**
 * The stream's keyframes, and one packet each half second, as a fragmented MP4 of which `createClockPointReader` reads all but the
 * pictures: it tells how far the stream has come, which keyframes there are, whether they are decoded or not, and what the camera's
 * clock says. ffmpeg's RTSP reader gives each packet its time by the last RTCP sender report ("producer reference time"); on the way
 * through the parser it comes to the packet before, so that each packet is given the time stamp of the next.
 *
 * Where the stream's time goes back a packet is given one so far back that ffmpeg complains (`isTimeLeap`): by itself it would make up a
 * time, or give up, or see nothing, depending on how far.
 */
function toClockOutput(target: string): FfmpegOutput {
  const toTicks = (seconds: number): string => `max(${seconds}/tb,${seconds * mp4Ticks})`;
  const timed = `0*st(0,if(eq(NEXT_PTS,NOPTS),PTS,NEXT_PTS))+if(${toLeapTest('ld(0)')},PREV_OUTPTS-${5 * leadTicks},ld(0))`;
  const isWanted = `key+gte(pts-ld(1),${toTicks(pointEveryS)})+lt(pts,ld(1)-${toTicks(stepBackS)})`;
  return {
    target,
    options: [
      ...words('-map 0:V:0 -c copy -avoid_negative_ts disabled -bsf:v'),
      `noise=drop='eq(pts,nopts)',setts=pts='${timed}':${decodingTimes},noise=drop='if(${isWanted},0*st(1,pts),1)'`,
      ...words('-f mp4 -movflags +empty_moov+default_base_moof+frag_every_frame+skip_trailer'),
      ...words('-write_prft wallclock -flush_packets 1'),
    ],
  };
}
