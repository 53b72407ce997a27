import type { ClipFacts } from '../clip-facts.ts';
import { toDecodeOptions, toMarkedPictureOutput } from '../decode.ts';
import { type FfmpegRun, startFfmpeg } from '../ffmpeg.ts';
import type { PictureStream } from '../picture-stream.ts';
import { type Sampling, shortestEveryMs } from '../sampling.ts';
import { words } from '../words.ts';
import { plannedCodecs } from './picture-facts.ts';
import { createPacketThinner } from './thin-packets.ts';

/** A clip that is read by two ffmpegs: one takes its packets out, the other decodes those of them that samples need. */
export interface LookAheadRun extends FfmpegRun {
  /** The time of a picture, as the decoder announces it, in the clip's own time, milliseconds. */
  toRawMs(markedMs: number): number;
  /** What was wrong with the packets; `null`: nothing. */
  fault(): Error | null;
}

export interface LookAheadOptions {
  /** As ffmpeg takes it. */
  readonly input: string;
  readonly facts: ClipFacts;
  readonly sampling: Sampling;
  readonly maxPixelWidth: number;
  readonly maxPixelHeight: number;
  readonly pictures: PictureStream;
}

/** Containers that tell every picture's time and hold NAL units by their lengths. */
const containers = /^(?:mov,|matroska,)/;

/**
 * Whether a clip can be read so: it must be there as a whole, all its pictures must be decoded or left out by what its packets say, and
 * ticks of its time must be finer than a millisecond, which is what they become on their way.
 */
export function canLookAhead(facts: ClipFacts, sampling: Sampling): boolean {
  return (
    sampling.decode === 'all' &&
    containers.test(facts.container) &&
    plannedCodecs.includes(facts.codec) &&
    facts.isPlain &&
    facts.startPtsMs >= 0 &&
    facts.tickMs <= 1
  );
}

export function startLookAhead(options: LookAheadOptions): LookAheadRun {
  const { input, facts, sampling, pictures } = options;
  const { tickMs } = facts;
  let fault: Error | null = null;
  const thinner = createPacketThinner({
    codec: facts.codec,
    tickMs,
    everyMs: sampling.everyMs,
    shortestMs: shortestEveryMs,
  });
  thinner.on('error', (error) => {
    fault ??= error;
  });
  const toTicks = (time: string): string => `${time}=${time.toUpperCase()}/${tickMs}`;
  const reader = startFfmpeg({
    inputOptions: words('-nostats -loglevel error -protocol_whitelist file -copyts'),
    input,
    outputs: [
      {
        target: thinner,
        options: [
          ...words('-map 0:V:0 -c copy -avoid_negative_ts disabled -bsf:v'),
          // A tick becomes a millisecond, the unit of Matroska, and so no time is rounded.
          `setts=${toTicks('pts')}:${toTicks('dts')}`,
          ...words('-f matroska -cluster_time_limit 1'),
        ],
      },
    ],
    timeoutMs: null, // ends with the decoder
  });
  const decoder = startFfmpeg({
    inputOptions: [
      ...words('-nostats -protocol_whitelist pipe -copyts -f matroska'),
      ...toDecodeOptions(sampling),
    ],
    input: thinner,
    outputs: [toMarkedPictureOutput({ ...options, target: pictures.bytes })],
    onLine: (line) => pictures.acceptLine(line),
    timeoutMs: null, // lasts as long as its frames' taker
  });
  const both = async (): Promise<Awaited<FfmpegRun['exited']>> => {
    const decoded = await decoder.exited;
    // What nobody takes any more would keep the other process from its end.
    thinner.unpipe();
    thinner.resume();
    if (decoded.kind !== 'ended') await reader.stop('now');
    const read = await reader.exited;
    return decoded.kind !== 'ended' || read.kind === 'stopped' ? decoded : read;
  };
  return {
    exited: both(),
    toRawMs: (markedMs) => ((Math.round(markedMs) - 1) / 2) * tickMs,
    fault: () => fault,
    tail: () => [...reader.tail(), ...decoder.tail()],
    async stop(how) {
      await Promise.all([reader.stop('now'), decoder.stop(how)]);
    },
  };
}
