import type { CameraHealth } from './camera.ts';

/** What is known of a camera before anything came of it: it is being connected to, nothing is counted. */
export function toFirstHealth(camera: string, atMs: number): CameraHealth {
  return {
    v: 1,
    camera,
    state: 'connecting',
    reason: '',
    atMs,
    lastFrameAtMs: null,
    framesSampled: 0,
    framesDropped: 0,
    restarts: 0,
    keyframeGapMs: null,
    decode: null,
    codec: null,
    width: null,
    height: null,
    clockSource: 'unknown',
    clockErrorMs: null,
    decodeDelayMs: null,
    timeJumps: 0,
    decodeChanges: 0,
    streamErrors: 0,
    view: { problem: null, reason: '', sinceMs: null },
    sampling: null,
  };
}
