import { type DetectionBatch, XunjieError } from '../../domain/mod.ts';

/** Batches held back at a time; more means that the window is too wide for memory. */
const maxHeld = 500_000;

export interface Sorter {
  /** Takes batches and gives those that nothing earlier can follow any more. */
  add(batches: readonly DetectionBatch[]): DetectionBatch[];
  flush(): DetectionBatch[];
}

/** Puts each camera's batches in order of time when none comes more than `windowMs` late. */
export function createSorter(windowMs: number, file: string): Sorter {
  const held = new Map<string, { batches: DetectionBatch[]; newestMs: number }>();
  let count = 0;
  const release = (camera: { batches: DetectionBatch[] }, untilMs: number): DetectionBatch[] => {
    camera.batches.sort((a, b) => a.capturedAtMs - b.capturedAtMs);
    const found = camera.batches.findIndex(({ capturedAtMs }) => capturedAtMs > untilMs);
    const ready = camera.batches.splice(0, found === -1 ? camera.batches.length : found);
    count -= ready.length;
    return ready;
  };
  return {
    add(batches) {
      const touched = new Set<string>();
      for (const batch of batches) {
        const camera = held.get(batch.camera) ?? { batches: [], newestMs: Number.NEGATIVE_INFINITY };
        held.set(batch.camera, camera);
        camera.batches.push(batch);
        camera.newestMs = Math.max(camera.newestMs, batch.capturedAtMs);
        touched.add(batch.camera);
      }
      count += batches.length;
      if (count > maxHeld)
        throw new XunjieError(
          'bad_argument',
          `${file}: more than ${maxHeld} batches lie within --sort ${windowMs / 1000}s; give a shorter one`,
        );
      return [...touched].flatMap((name) => {
        const camera = held.get(name);
        return camera === undefined ? [] : release(camera, camera.newestMs - windowMs);
      });
    },
    flush: () => [...held.values()].flatMap((camera) => release(camera, Number.POSITIVE_INFINITY)),
  };
}
