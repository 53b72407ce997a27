import type {
  CameraHealth,
  CameraSource,
  FootageReader,
  SamplingHealth,
  ViewProblem,
} from '../domain/mod.ts';
import type { Logger } from '../platform/mod.ts';
import type { FootageHolds } from './ring-holds.ts';

/** One sampled picture with its own time. */
export interface Frame {
  readonly camera: string;
  /**
   * What the frame is called when its footage is asked for, whole milliseconds. Files: time in the clip as a player shows it (the
   * container's start time is 0). Live: equal to `capturedAtMs`, so that no two frames of a camera share one, across connections
   * and restarts.
   */
  readonly ptsMs: number;
  /** Files: `startedAtMs + ptsMs`. Live: the stream's time, anchored to this machine's clock once per connection. */
  readonly capturedAtMs: number;
  /** Declared bound of `capturedAtMs`; `null` for files, of whose clock nothing is known. */
  readonly clockErrorMs: number | null;
  /** Full picture size, pixels. */
  readonly width: number;
  readonly height: number;
  /** RGB24, `pixelWidth * pixelHeight * 3` bytes. */
  readonly pixels: Uint8Array;
  readonly pixelWidth: number;
  readonly pixelHeight: number;
  /** What is wrong with the view by now; absent: nothing known to be. */
  readonly view?: ViewProblem;
  /**
   * Says that nobody reads `pixels` any more: their memory takes a later picture. Need not be called, but eighty cameras' pictures
   * left to the garbage collector stop the program for tens of milliseconds each second.
   */
  readonly release?: () => void;
}

/** A ring of `-c copy` segments on disk, owned by one camera. */
export interface RingOptions {
  readonly dir: string;
  readonly maxAgeMs: number;
  /** Of all segments that nothing holds. */
  readonly maxBytes: number;
  /** Of those held for stays that may become evidence requests; default: as much again as `maxBytes`. */
  readonly maxHeldBytes?: number;
}

export interface CameraOptions {
  readonly id: string;
  readonly source: CameraSource;
  /** Live cameras' recordings; unused for files, whose footage is the clip itself. */
  readonly ring: RingOptions | null;
  /** Pictures are scaled to fit inside, aspect kept, never enlarged. */
  readonly maxPixelWidth: number;
  readonly maxPixelHeight: number;
  /** File that the camera's reference view is kept in from one run to the next; absent: it is learned anew each time. */
  readonly viewFile?: string;
  /** Shortest onset of the camera's rules; decides between keyframes and full decode, and the sampling rate. */
  readonly onsetMs: number;
  /**
   * Takes a frame. A file not in real time waits for it; otherwise the newest frame wins: one that waits is replaced and counted as
   * dropped. A rejection ends a file; live it is logged.
   */
  onFrame(frame: Frame): Promise<void>;
  /** Called on every change of state and at least each 10 s. */
  onHealth(health: CameraHealth): void;
  /** Live: whether a stream that was live and ended orderly is over or connected to again. */
  readonly restart: 'forever' | 'until_end';
  readonly logger: Logger;
}

export interface Camera {
  readonly footage: FootageReader;
  /** Keeps footage beyond the ring's age and size; absent where all footage stays anyway, or none is kept. */
  readonly holds?: FootageHolds;
  /**
   * Resolves when a file is through, a stream has ended or `stop` was called. Rejects when a file breaks off (`ffmpeg_failed`,
   * `bad_footage`) or its `onFrame` rejects.
   */
  readonly done: Promise<void>;
  health(): CameraHealth;
  /** What became of the camera's frames, to be part of its health: frames given up after they were handed over, and how closely they are analysed. */
  noteAnalysis(facts: { readonly dropped?: number; readonly sampling?: SamplingHealth }): void;
  /** The view that is seen from now on is the right one. An acceptance that is not newer than the last one changes nothing. */
  acceptView(acceptedAtMs: number): void;
  /** Ends the camera's processes and timers; the footage stays readable. A frame that `onFrame` still works on is not waited for. */
  stop(): Promise<void>;
}
