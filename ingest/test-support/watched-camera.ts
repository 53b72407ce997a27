import type { CameraHealth, CameraState } from '../../domain/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import type { Camera, CameraOptions, Frame } from '../camera.ts';
import { createDeferred } from '../deferred.ts';
import { type LiveTiming, liveTiming } from '../live-timing.ts';
import { openRtspCamera } from '../rtsp-camera.ts';
import { createRtspSource } from '../rtsp-source.ts';
import { readCounter } from './counter-clip.ts';

export interface SeenFrame {
  readonly frame: Frame;
  readonly arrivedAtMs: number;
}

export interface StateChange {
  readonly state: CameraState;
  readonly reason: string;
  readonly atMs: number;
  readonly lastFrameAtMs: number | null;
}

/** A live camera whose frames and states are written down. */
export interface WatchedCamera {
  readonly camera: Camera;
  readonly frames: readonly SeenFrame[];
  readonly changes: readonly StateChange[];
  /** Resolves when there are so many frames. */
  waitForFrames(count: number): Promise<void>;
  /** Resolves when the state is this one, at once if it is. */
  waitForState(state: CameraState): Promise<void>;
  waitUntil(holds: () => boolean): Promise<void>;
  /** Resolves with the first frame that comes after now. */
  waitForNextFrame(): Promise<SeenFrame>;
}

export async function watchCamera(
  url: string,
  over: Partial<CameraOptions> = {},
  timing: LiveTiming = liveTiming,
  use: 'decode' | 'record' = 'decode',
): Promise<WatchedCamera> {
  const frames: SeenFrame[] = [];
  const changes: StateChange[] = [];
  let news = createDeferred<void>();
  const tell = (): void => {
    news.resolve();
    news = createDeferred();
  };
  const options: CameraOptions = {
    id: 'gate-2',
    source: { kind: 'rtsp', url },
    ring: null,
    maxPixelWidth: 160,
    maxPixelHeight: 160,
    onsetMs: 60_000,
    async onFrame(frame) {
      frames.push({ frame, arrivedAtMs: Date.now() });
      tell();
    },
    onHealth({ state, reason, lastFrameAtMs }: CameraHealth) {
      const last = changes.at(-1);
      if (last?.state !== state || last.reason !== reason)
        changes.push({ state, reason, atMs: Date.now(), lastFrameAtMs });
      tell();
    },
    restart: 'forever',
    logger: createLogger('silent'),
    ...over,
  };
  const stream = options.source.kind === 'rtsp' ? options.source : { kind: 'rtsp' as const, url };
  const camera = await openRtspCamera(options, createRtspSource(options.id, stream), timing, use);
  const waitUntil = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await news.promise;
  };
  return {
    camera,
    frames,
    changes,
    waitUntil,
    waitForFrames: (count) => waitUntil(() => frames.length >= count),
    waitForState: (state) => waitUntil(() => changes.at(-1)?.state === state),
    async waitForNextFrame() {
      const before = frames.length;
      await waitUntil(() => frames.length > before);
      return frames[before] as SeenFrame;
    },
  };
}

/** What a machine at its ease takes at most from opening a camera to its second frame, with a keyframe each second. */
const easyStartMs = 5000;

/**
 * By how much longer than promised something may take that took `tookMs`, because the machine is slower than it should be: by what it was
 * slower at the start, and, asked only if that is not enough, by what it is slower now at opening the same stream.
 */
export async function measureSlowness(
  url: string,
  { tookMs, promisedMs, startMs }: { tookMs: number; promisedMs: number; startMs: number },
): Promise<number> {
  const toSlowMs = (ms: number): number => 3 * Math.max(0, ms - easyStartMs);
  if (tookMs <= promisedMs + toSlowMs(startMs)) return toSlowMs(startMs);
  const openedAtMs = Date.now();
  const control = await watchCamera(url);
  await control.waitForFrames(2);
  await control.camera.stop();
  return toSlowMs(Math.max(startMs, Date.now() - openedAtMs));
}

export function readBurnt(frame: Frame): number {
  return readCounter(frame.pixels, frame.pixelWidth, frame.pixelHeight);
}

/** Checks that no frame bears an earlier one's time, nor one that lies before its capture could be or after its arrival. */
export function findTimeFaults(frames: readonly SeenFrame[], toleranceMs = 1500): string[] {
  return frames.flatMap(({ frame, arrivedAtMs }, i) => {
    const before = frames[i - 1]?.frame.ptsMs ?? Number.NEGATIVE_INFINITY;
    if (frame.ptsMs <= before) return [`frame ${i}: ${frame.ptsMs} after ${before}`];
    const lateMs = arrivedAtMs - frame.capturedAtMs;
    return lateMs < -toleranceMs ? [`frame ${i} arrived ${-lateMs} ms before it was captured`] : [];
  });
}
