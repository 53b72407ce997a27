import { type CameraHealth, toFirstHealth } from '../../domain/mod.ts';

/** A health report of a live camera with plain values; `facts` replaces some of them. */
export function makeCameraHealth(facts: Partial<CameraHealth>): CameraHealth {
  return { ...toFirstHealth('cam-01', Date.now()), state: 'live', ...facts };
}
