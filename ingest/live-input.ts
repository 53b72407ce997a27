/** A stream made ready for one attempt of one ffmpeg. */
export interface LiveInput {
  /** What ffmpeg is given: an address on this machine that hands the real one over. It holds no secret, but good for one use only. */
  readonly url: string;
  readonly inputOptions: readonly string[];
  /** RTSP: what comes before the second keyframe may lack its time. */
  readonly picturesFrom: 'first frame' | 'second keyframe';
  /** The stream comes in bursts of this length (HLS), and its times are so much less certain; 0: as it is captured. */
  readonly burstMs: number;
  /** Added to all times of the stream, seconds; more than zero, because the copy's filters measure by it. */
  readonly timeShiftS: number;
  /** Frees what was opened for the attempt. */
  close(): Promise<void>;
}

/** Why an attempt need not be made. */
export interface LiveInputProblem {
  readonly kind: 'lost' | 'unauthorized';
  /** One line without secrets. */
  readonly reason: string;
}

/** A stream that is connected to again and again. */
export interface LiveSource {
  /** With user and password: never print it. */
  readonly url: string;
  /** Gets one attempt ready, or says why not. */
  open(timeoutMs: number): Promise<LiveInput | LiveInputProblem>;
}

export function isProblem(opened: LiveInput | LiveInputProblem): opened is LiveInputProblem {
  return 'reason' in opened;
}
