import type { CameraHealth } from '../../domain/mod.ts';

/** The newest health of each camera that is heard of. */
export interface LatestHealth {
  note(health: CameraHealth): void;
  list(): CameraHealth[];
}

/** Cameras report each 10 s: one that has been silent for this long is gone, or its process is. */
const forgetMs = 5 * 60_000;

export function createLatestHealth(nowMs: () => number = Date.now): LatestHealth {
  const latest = new Map<string, { health: CameraHealth; heardAtMs: number }>();
  return {
    note(health) {
      latest.set(health.camera, { health, heardAtMs: nowMs() });
    },
    list() {
      for (const [camera, { heardAtMs }] of latest) if (nowMs() - heardAtMs > forgetMs) latest.delete(camera);
      return [...latest.values()].map(({ health }) => health);
    },
  };
}
