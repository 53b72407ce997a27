import type { CameraHealth } from '../../domain/mod.ts';

/** A health report with plain values; `facts` replaces some of them. */
export function makeCameraHealth(facts: Partial<CameraHealth>): CameraHealth {
  return {
    v: 1,
    camera: 'cam-01',
    state: 'live',
    reason: '',
    atMs: Date.now(),
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
    ...facts,
  };
}
