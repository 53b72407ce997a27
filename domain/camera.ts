/** How far the certificate of a camera behind `rtsps://` or `https://` is trusted. Cameras sign their own: by default it is not checked. */
export interface TlsPolicy {
  /** `true`: the certificate must be good for the camera's name or address. */
  readonly verify: boolean;
  /** PEM file with the authorities, or the camera's own certificate; `null`: the system's authorities. */
  readonly caFile: string | null;
}

/** One stream of a camera that is there now. */
export type LiveStream =
  | {
      readonly kind: 'rtsp';
      /** `rtsp://` or `rtsps://`, with user and password percent-encoded. */
      readonly url: string;
      /** Default `tcp`. */
      readonly transport?: 'tcp' | 'udp';
      readonly tls?: TlsPolicy;
      /** The only networks that it may be in, in CIDR form; default: any that a camera can be in. */
      readonly networks?: readonly string[];
    }
  | {
      readonly kind: 'http';
      /** `http://` or `https://`: an HLS playlist or a stream of MPEG-TS, MP4, FLV, Matroska or MJPEG. */
      readonly url: string;
      readonly tls?: TlsPolicy;
      /** The only networks that it may be in, in CIDR form; default: any that a camera can be in. */
      readonly networks?: readonly string[];
    };

/** Where a camera's pictures come from. */
export type CameraSource =
  | (LiveStream & {
      /** Stream that is recorded and cut into evidence, when it is another than the one that is analysed (the sub-stream). */
      readonly evidence?: LiveStream;
    })
  | {
      readonly kind: 'file';
      readonly path: string;
      /** `true`: no faster than the clip's own clock. */
      readonly realTime: boolean;
      /** Capture time of PTS 0, milliseconds since the epoch. */
      readonly startedAtMs: number;
    }
  | {
      readonly kind: 'stills';
      /** Folder of pictures. */
      readonly path: string;
      /** CSV with `file,time` lines; `null`: the times are in the file names. */
      readonly timesFile: string | null;
      /** IANA name of the zone that times without one are in. */
      readonly timeZone: string;
    };

export type CameraState = 'connecting' | 'live' | 'stalled' | 'down' | 'unauthorized' | 'ended';

/** What can be wrong with a camera's view, judged from its pictures alone. */
export const viewProblems = ['black', 'overexposed', 'blurred', 'frozen', 'moved'] as const;
export type ViewProblem = (typeof viewProblems)[number];

export interface ViewHealth {
  /** `null`: nothing is wrong, or nothing is known yet. */
  readonly problem: ViewProblem | null;
  /** What is wrong, in words and numbers; empty while nothing is. */
  readonly reason: string;
  /** Capture time since when; `null` while nothing is wrong. */
  readonly sinceMs: number | null;
}

/** Somebody says that what a camera sees from then on is its right view. Kept in the key-value table `views`, by camera. */
export interface ViewAcceptance {
  readonly acceptedAtMs: number;
  /** User name. */
  readonly by: string;
}

/** What a capture time rests on: the sender's clock reports, arrival at this machine, the container or file names, or nothing yet. */
export type ClockSource = 'rtcp' | 'arrival' | 'container' | 'unknown';

/** Whether a camera's analysed samples come as closely together as its rules need. */
export interface SamplingHealth {
  /** Gap between analysed samples lately, milliseconds; grows while none comes, `null` before the first. */
  readonly achievedGapMs: number | null;
  /** Longest gap that the camera's rules allow: a fifth of their shortest onset. */
  readonly floorGapMs: number;
  /** The gap has been longer than that for a while, for whatever cause. An alarm: what lasts too short a time is missed. */
  readonly isStarved: boolean;
  /** Figures and likely cause in words; empty while all is well. */
  readonly reason: string;
}

/** Published on `health.<camera>`. */
export interface CameraHealth {
  readonly v: 1;
  readonly camera: string;
  readonly state: CameraState;
  /** What is wrong, in words; empty while all is well. A camera that is live but cannot record says so. */
  readonly reason: string;
  readonly atMs: number;
  readonly lastFrameAtMs: number | null;
  readonly framesSampled: number;
  readonly framesDropped: number;
  readonly restarts: number;
  /** Measured gap between keyframes, milliseconds. */
  readonly keyframeGapMs: number | null;
  /** Which pictures are decoded; `null` before the first connection. */
  readonly decode: 'keyframes' | 'all' | null;
  /** ffmpeg's name of the stream's codec, and its picture size, pixels. */
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly clockSource: ClockSource;
  /** Declared bound of the capture clock's error, milliseconds. */
  readonly clockErrorMs: number | null;
  /** How much later than captured a picture leaves the decoder because of B-frames, milliseconds. */
  readonly decodeDelayMs: number | null;
  /** Jumps of the stream's time that were noticed and handled. */
  readonly timeJumps: number;
  /** Connections ended to decode keyframes alone instead of all pictures, or the other way round; not among the restarts. */
  readonly decodeChanges: number;
  /** What ffmpeg complained of: lost or damaged packets, pictures that could not be decoded wholly. */
  readonly streamErrors: number;
  readonly view: ViewHealth;
  /** `null` until something has been analysed, or should have been. */
  readonly sampling: SamplingHealth | null;
}
