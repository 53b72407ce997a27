/** Where a camera's pictures come from. */
export type CameraSource =
  | { readonly kind: 'rtsp'; readonly url: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      /** `true`: no faster than the clip's own clock. */
      readonly realTime: boolean;
      /** Capture time of PTS 0, milliseconds since the epoch. */
      readonly startedAtMs: number;
    };

export type CameraState = 'connecting' | 'live' | 'stalled' | 'down' | 'unauthorized' | 'ended';

/** Published on `health.<camera>`. */
export interface CameraHealth {
  readonly v: 1;
  readonly camera: string;
  readonly state: CameraState;
  /** What is wrong, in words; empty while live. */
  readonly reason: string;
  readonly atMs: number;
  readonly lastFrameAtMs: number | null;
  readonly framesSampled: number;
  readonly framesDropped: number;
  readonly restarts: number;
  /** Measured gap between keyframes, milliseconds. */
  readonly keyframeGapMs: number | null;
}
