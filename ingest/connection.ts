import type { Anchor } from './anchor.ts';
import type { CaptureClock } from './capture-clock.ts';
import type { KeyframeFinding, KeyframeWatchOptions } from './keyframe-watch.ts';
import type { LiveCommand } from './live-command.ts';
import type { LiveTiming } from './live-timing.ts';
import type { Picture } from './picture-stream.ts';

export interface ConnectionOptions extends Omit<LiveCommand, 'pictures' | 'clockTarget'> {
  readonly timing: LiveTiming;
  /** Longest wait for the stream's description. */
  readonly describeMs: number;
  /** `false`: the stream is recorded and nothing of it is decoded; packets are watched in place of pictures. */
  readonly isDecoded: boolean;
  readonly clock: CaptureClock;
  /** `false`: the stream cannot be written as the clock output is. */
  readonly hasClockOutput: boolean;
  readonly watch: KeyframeWatchOptions;
  /** Frames are looked up by their names in the recording of this very connection, and in no other stream's. */
  readonly isOwnFootage: boolean;
  /** No frame at or before this time may come any more. */
  readonly floorMs: number;
  /** Called once, before the first picture; awaited. */
  onAnchored(anchor: Anchor): Promise<void>;
  /** Never rejects. Awaited only for the pictures that waited for the anchor, so that they do not push each other out. */
  onPicture(picture: Picture, anchor: Anchor): Promise<void>;
  onFacts(facts: StreamFacts): void;
  /** ffmpeg complained about the stream: lost or damaged packets, pictures that could not be decoded wholly. */
  onComplaint(): void;
}

/** What is found out about a stream while it runs. */
export interface StreamFacts {
  readonly codec?: string;
  /** As described, before anything is decoded. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly keyframeGapMs?: number;
  readonly decodeDelayMs?: number;
  /** `false`: no keyframe has come that a recording could begin with. */
  readonly isRecording?: boolean;
}

/** Why a connection is over. */
export interface ConnectionEnd {
  readonly kind:
    | 'closed'
    | 'lost'
    | 'killed'
    | 'stalled'
    | 'unauthorized'
    /** Not faults: another way of decoding is better now; the stream's time leapt; the two clocks drifted apart; no clock output. */
    | 'redecode'
    | 'time_jumped'
    | 'drifted'
    | 'clock_refused'
    /** The codec is to be read in another way, see `fitToCodec`. */
    | 'unfit'
    | 'changed'
    | 'not_recording'
    | 'stopped';
  /** One redacted line. */
  readonly reason: string;
  readonly pictures: number;
  /** How long the stream's description took; absent: there was none. */
  readonly describedInMs?: number;
  /** `redecode` only. */
  readonly keyframes?: {
    readonly finding: KeyframeFinding;
    readonly gapMs: number | null;
    readonly delayMs: number | null;
  };
  /** `changed` and `time_jumped`: the stream was as before up to here. */
  readonly changedAtRawMs?: number;
}

export interface Connection {
  readonly ended: Promise<ConnectionEnd>;
  /** Time of the newest data, on the frames' clock; `null` before the anchor. */
  edgeMs(): number | null;
  /** The same in the stream's own time, and before the anchor. */
  edgeRawMs(): number | null;
  tail(): readonly string[];
  /** Ends it for a reason that its owner knows. */
  cut(kind: ConnectionEnd['kind'], reason: string): void;
  stop(): Promise<void>;
}
