import { GapWatch } from '../../detector/mod.ts';
import {
  type CameraHealth,
  type DetectionBatch,
  formatDuration,
  type SamplingHealth,
  toMessage,
  XunjieError,
} from '../../domain/mod.ts';
import type { Frame } from '../../ingest/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import { type Eyes, look } from '../eyes.ts';

export interface FrameAnalysisOptions {
  readonly eyes: Eyes;
  /** Capture time of the newest batch in the log: what is not newer was analysed before. */
  readonly publishedUntilMs: number;
  /** `true`: the source waits for each frame's answer and no frame is given up; `false`: it goes on, and the newest frame wins. */
  readonly isPaced: boolean;
  /** Longest gap between samples that the camera's rules allow. */
  readonly floorGapMs: number;
  publish(batch: DetectionBatch): Promise<void>;
  /** Tells the camera's health. */
  note(facts: { readonly dropped?: number; readonly sampling?: SamplingHealth }): void;
  health(): Pick<CameraHealth, 'state' | 'reason'>;
  readonly logger: Logger;
  /** Milliseconds that only grow; default this machine's. */
  readonly clock?: () => number;
}

/** What becomes of one camera's frames: looked at, published in order, counted, and watched for coming often enough. */
export interface FrameAnalysis {
  /** Takes a frame. Paced: settles when it is published, rejects when that fails. Otherwise never rejects. */
  take(frame: Frame): Promise<void>;
  /** Says how closely the camera is analysed; to be called each second or so. */
  report(): void;
  /** Nothing is published any more but what is on its way to the log. */
  stop(): Promise<void>;
}

/** Batches that may wait for a slow log before frames do. */
const maxUnpublished = 16;

export function startFrameAnalysis(options: FrameAnalysisOptions): FrameAnalysis {
  const { eyes, isPaced, floorGapMs, logger } = options;
  const gaps = new GapWatch(floorGapMs);
  const clock = options.clock ?? (() => performance.now());
  const recent = createRecentCounts(10 * floorGapMs, clock);
  const unpublished: DetectionBatch[] = [];
  let takenUntilMs = options.publishedUntilMs;
  let underWay: Promise<void> | null = null;
  const publishing = createStreak(logger, 'samples cannot be published', 'samples are published again');
  const looking = createStreak(logger, 'frames cannot be analysed', 'frames are analysed again');
  let wasStarved = false;
  let isStopped = false;
  // A paced source has no clock but its own: the frames' times. Others are due from now on, whether or not a frame comes.
  let newestMs = Number.NEGATIVE_INFINITY;
  const now = (): number => (isPaced ? newestMs : clock());
  if (!isPaced) gaps.begin(now());

  async function publishAll(): Promise<void> {
    for (let batch = unpublished[0]; batch !== undefined; batch = unpublished[0]) {
      try {
        await options.publish(batch);
        gaps.noteSample(now());
        publishing.succeed();
      } catch (error) {
        recent.count('failed', toMessage(error));
        options.note({ dropped: 1 });
        publishing.fail(toMessage(error));
      }
      unpublished.shift();
    }
    underWay = null;
  }

  function noteDrop(): void {
    recent.count('dropped');
    options.note({ dropped: 1 });
  }

  function noteFailure(error: unknown): void {
    if (error instanceof XunjieError && (error.code === 'superseded' || error.code === 'detector_busy')) {
      noteDrop();
      return;
    }
    recent.count('failed', toMessage(error));
    options.note({ dropped: 1 });
    looking.fail(toMessage(error));
  }

  async function analyse(frame: Frame): Promise<void> {
    const batch = await look(frame, eyes, { isKept: false, floorGapMs }).catch(noteFailure);
    if (batch === undefined || isStopped) return;
    looking.succeed();
    unpublished.push(batch);
    underWay ??= publishAll();
  }

  async function takePaced(frame: Frame): Promise<void> {
    newestMs = frame.capturedAtMs;
    const batch = await look(frame, eyes, { isKept: true, floorGapMs });
    if (isStopped) return;
    await options.publish(batch);
    gaps.noteSample(frame.capturedAtMs);
  }

  return {
    async take(frame) {
      if (isStopped || frame.capturedAtMs <= takenUntilMs) return; // a clip is read again after a crash
      recent.count('taken');
      if (isPaced) {
        await takePaced(frame);
        takenUntilMs = frame.capturedAtMs;
        return;
      }
      takenUntilMs = frame.capturedAtMs;
      void analyse(frame);
      if (unpublished.length >= maxUnpublished) await underWay;
    },
    report() {
      const { state, reason } = options.health();
      if (state === 'ended') gaps.end();
      const { achievedGapMs, isStarved } = gaps.read(now());
      if (achievedGapMs === null && !wasStarved) return;
      const words = isStarved
        ? `analysed every ${formatGap(achievedGapMs ?? 0)}, its rules need a sample each ${formatGap(floorGapMs)}: ${state === 'live' ? recent.explain() : `the camera is ${state}${reason && ` (${reason})`}`}`
        : '';
      options.note({
        sampling: {
          achievedGapMs: achievedGapMs === null ? null : Math.round(achievedGapMs),
          floorGapMs,
          isStarved,
          reason: words,
        },
      });
      if (isStarved && !wasStarved) logger.warn({ achievedGapMs, floorGapMs }, `starved camera: ${words}`);
      else if (!isStarved && wasStarved)
        logger.info({ achievedGapMs, floorGapMs }, 'the camera is analysed closely enough again');
      wasStarved = isStarved;
    },
    async stop() {
      isStopped = true;
      await underWay;
    },
  };
}

function formatGap(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(Math.round(ms / 1000) * 1000);
}

/** One line when something begins to fail and one when it is over: what fails does so frame after frame. */
function createStreak(
  logger: Logger,
  broken: string,
  mended: string,
): { fail(reason: string): void; succeed(): void } {
  let failures = 0;
  return {
    fail(reason) {
      if (failures++ === 0) logger.error({}, `${broken}: ${reason}`);
    },
    succeed() {
      if (failures > 0) logger.info({ failures }, mended);
      failures = 0;
    },
  };
}

interface RecentCounts {
  count(what: 'taken' | 'dropped' | 'failed', message?: string): void;
  /** Why samples may be few, from what happened in the last one or two windows. */
  explain(): string;
}

function createRecentCounts(windowMs: number, clock: () => number): RecentCounts {
  const empty = () => ({ taken: 0, dropped: 0, failed: 0, sinceMs: clock() });
  let before = empty();
  let current = empty();
  let failure = '';
  const turn = (): void => {
    if (clock() - current.sinceMs < windowMs) return;
    before = current;
    current = empty();
  };
  return {
    count(what, message) {
      turn();
      current[what]++;
      if (message !== undefined) failure = message;
    },
    explain() {
      turn();
      const sum = (what: 'taken' | 'dropped' | 'failed'): number => before[what] + current[what];
      if (sum('failed') > sum('dropped')) return `samples fail (${failure})`;
      if (sum('dropped') > 0)
        return `the detector has too little time (${sum('dropped')} of ${sum('taken')} pictures were given up for newer ones)`;
      return 'too few pictures come from the camera or its decoder';
    },
  };
}
