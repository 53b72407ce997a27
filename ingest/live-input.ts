/** A stream made ready for one attempt of one ffmpeg. */
export interface LiveInput {
  /** What ffmpeg is given: an address on this machine that hands the real one over. It holds no secret, but good for one use only. */
  readonly url: string;
  readonly inputOptions: readonly string[];
  /** Of an input that is fitted to a codec: its options for all others. */
  readonly asSentOptions?: readonly string[] | undefined;
  /** RTSP: what comes before the second keyframe may lack its time. */
  readonly picturesFrom: 'first frame' | 'second keyframe';
  /** The stream comes in bursts of this length (HLS), and its times are so much less certain; 0: as it is captured. */
  readonly burstMs: number;
  /** Added to all times of the stream, seconds; more than zero, because the copy's filters measure by it. */
  readonly timeShiftS: number;
  /** What may be the cause when nothing of the stream comes, in words. */
  readonly silenceHint?: string;
  /** `false`: where the camera redirects to, its certificate would not be checked. */
  readonly isRedirectable?: boolean;
  /** Frees what was opened for the attempt. */
  close(): Promise<void>;
}

/** Why an attempt need not be made. */
export interface LiveInputProblem {
  readonly kind: 'lost' | 'stalled' | 'unauthorized';
  /** One line without secrets. */
  readonly reason: string;
}

/** A stream that is connected to again and again. */
export interface LiveSource {
  /** With user and password: never print it. */
  readonly url: string;
  /** User or password was refused. */
  noteRefusal?(): void;
  /** Gets one attempt ready, or says why not; sooner when `signal` ends it. */
  open(timeoutMs: number, signal: AbortSignal): Promise<LiveInput | LiveInputProblem>;
}

export function isProblem(opened: LiveInput | LiveInputProblem): opened is LiveInputProblem {
  return 'reason' in opened;
}

const asSent = '+nofillin';
const unmarked = 'mjpeg';

/**
 * The input for a stream of that codec, `null` when it is right as it is. ffmpeg marks the pictures of Motion JPEG over RTP as keyframes,
 * as which alone they are recorded, only when it may fill in what the stream leaves out; other streams would be given wrong times.
 */
export function fitToCodec(input: LiveInput, codec: string | null): LiveInput | null {
  const { inputOptions, asSentOptions } = input;
  if (asSentOptions !== undefined && codec !== unmarked)
    return { ...input, inputOptions: asSentOptions, asSentOptions: undefined };
  const at = inputOptions.indexOf(asSent);
  if (at < 1 || codec !== unmarked) return null;
  const filled = inputOptions.filter((_, i) => i !== at && i !== at - 1);
  return { ...input, inputOptions: filled, asSentOptions: inputOptions };
}
