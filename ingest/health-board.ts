import type { CameraHealth, CameraState } from '../domain/mod.ts';

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
  /** Stops the regular reports. */
  close(): void;
}

export function createHealthBoard(camera: string, onHealth: (health: CameraHealth) => void): HealthBoard {
  let health: CameraHealth = {
    v: 1,
    camera,
    state: 'connecting',
    reason: '',
    atMs: Date.now(),
    lastFrameAtMs: null,
    framesSampled: 0,
    framesDropped: 0,
    restarts: 0,
    keyframeGapMs: null,
  };
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
    close() {
      clearInterval(timer);
    },
  };
}
