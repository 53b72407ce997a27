import type { DetectionBatch } from '../../domain/mod.ts';
import type { DetectionsReader } from '../../evidence/mod.ts';
import type { Bus } from '../../platform/mod.ts';

/**
 * A sample is in the log soon after it was taken, so the search begins a little before; where a clip that is read again carries times
 * ahead of this machine's clock, a day before.
 */
const searchFromMs = [60_000, 86_400_000];
/** Beyond this no other sample is nearer. */
const nearMs = 2_000;

/** What the log of detections has of one camera: seven days of it. */
export function openLoggedDetections(bus: Bus, camera: string): DetectionsReader {
  return {
    async readNearest(capturedAtMs) {
      let nearest: DetectionBatch | null = null;
      for (const beforeMs of searchFromMs) {
        nearest = await searchLog(bus, camera, capturedAtMs, capturedAtMs - beforeMs);
        if (nearest !== null && Math.abs(nearest.capturedAtMs - capturedAtMs) <= nearMs) break;
      }
      return nearest;
    },
  };
}

async function searchLog(
  bus: Bus,
  camera: string,
  capturedAtMs: number,
  sinceMs: number,
): Promise<DetectionBatch | null> {
  const nearest = createNearest(capturedAtMs);
  for await (const messages of bus.readPast<DetectionBatch>('detections', { camera }, sinceMs))
    for (const { payload } of messages) {
      nearest.note(payload);
      // Each camera's samples are in the order of their times.
      if (payload.capturedAtMs > capturedAtMs + nearMs) return nearest.read();
    }
  return nearest.read();
}

export interface RememberedDetections extends DetectionsReader {
  note(batch: DetectionBatch): void;
}

/** Samples of a run without a log: about ten hours of a camera that is looked at every other second. */
const maxRemembered = 20_000;

/** The newest samples, in memory. */
export function createRememberedDetections(max = maxRemembered): RememberedDetections {
  const batches: DetectionBatch[] = [];
  return {
    note(batch) {
      batches.push(batch);
      if (batches.length > 1.1 * max) batches.splice(0, batches.length - max);
    },
    async readNearest(capturedAtMs) {
      const nearest = createNearest(capturedAtMs);
      for (const batch of batches) nearest.note(batch);
      return nearest.read();
    },
  };
}

function createNearest(capturedAtMs: number): {
  note(batch: DetectionBatch): void;
  read(): DetectionBatch | null;
} {
  let nearest: DetectionBatch | null = null;
  let leastMs = Number.POSITIVE_INFINITY;
  return {
    note(batch) {
      const offsetMs = Math.abs(batch.capturedAtMs - capturedAtMs);
      if (offsetMs >= leastMs) return;
      leastMs = offsetMs;
      nearest = batch;
    },
    read: () => nearest,
  };
}
