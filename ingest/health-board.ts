import {
  type CameraHealth,
  type CameraState,
  type SamplingHealth,
  toFirstHealth,
  type ViewHealth,
} from '../domain/mod.ts';

const reportEveryMs = 10_000;

/** A camera's state and counts; reports each change of state or reason at once and everything at least each 10 s. */
export interface HealthBoard {
  read(): CameraHealth;
  /** `reason`: what is wrong, in words; empty while all is well. */
  setState(state: CameraState, reason: string): void;
  countSampled(atMs: number): void;
  countDropped(): void;
  countRestart(): void;
  setKeyframeGap(keyframeGapMs: number | null): void;
  /** Other facts as they become known; they go out with the next report. */
  note(facts: Partial<NotedFacts>): void;
  countTimeJump(): void;
  countDecodeChange(): void;
  countStreamError(): void;
  /** Reported at once when the problem changes. */
  setView(view: ViewHealth): void;
  /** What became of frames that were handed over. Reported at once when the alarm is raised or over. */
  noteAnalysis(facts: { readonly dropped?: number; readonly sampling?: SamplingHealth }): void;
  /** Stops the regular reports. */
  close(): void;
}

type NotedFacts = Pick<
  CameraHealth,
  'decode' | 'codec' | 'width' | 'height' | 'clockSource' | 'clockErrorMs' | 'decodeDelayMs' | 'lastFrameAtMs'
>;

export function createHealthBoard(camera: string, onHealth: (health: CameraHealth) => void): HealthBoard {
  let health = toFirstHealth(camera, Date.now());
  const report = (): void => {
    health = { ...health, atMs: Date.now() };
    onHealth(health);
  };
  const timer = setInterval(report, reportEveryMs);
  report();
  return {
    read: () => ({ ...health, atMs: Date.now() }),
    setState(state, reason) {
      if (health.state === state && health.reason === reason) return;
      health = { ...health, state, reason };
      report();
    },
    countSampled(atMs) {
      health = { ...health, framesSampled: health.framesSampled + 1, lastFrameAtMs: atMs };
    },
    countDropped() {
      health = { ...health, framesDropped: health.framesDropped + 1 };
    },
    countRestart() {
      health = { ...health, restarts: health.restarts + 1 };
    },
    setKeyframeGap(keyframeGapMs) {
      health = { ...health, keyframeGapMs };
    },
    note(facts) {
      health = { ...health, ...facts };
    },
    countDecodeChange() {
      health = { ...health, decodeChanges: health.decodeChanges + 1 };
    },
    countTimeJump() {
      health = { ...health, timeJumps: health.timeJumps + 1 };
    },
    countStreamError() {
      health = { ...health, streamErrors: health.streamErrors + 1 };
    },
    setView(view) {
      const isNews = health.view.problem !== view.problem;
      health = { ...health, view };
      if (isNews) report();
    },
    noteAnalysis({ dropped = 0, sampling = health.sampling }) {
      const isNews = (sampling?.isStarved ?? false) !== (health.sampling?.isStarved ?? false);
      health = { ...health, framesDropped: health.framesDropped + dropped, sampling };
      if (isNews) report();
    },
    close() {
      clearInterval(timer);
    },
  };
}
