import type { Box, DetectionBatch, Ground, Sighting } from '../domain/mod.ts';
import { toRelativeDistance, toSizeRatio } from './place.ts';
import { isAtRest, type Track } from './track.ts';
import type { SampleClock, SeenTrack, TrackerStep } from './tracker.ts';

/** Samples unseen up to which a track still counts as standing where it was. */
const maxCoverMisses = 2;

/** One sample after tracking, as the presences look at it. */
export interface Sample {
  readonly batch: DetectionBatch;
  readonly clock: SampleClock;
  /** Since when the street has been watched without a break. */
  readonly watchedSinceMs: number;
  /** The first number of a track that began in this sample. */
  readonly newTracksFrom: number;
  readonly ground: Ground | null;
  readonly tracks: ReadonlyMap<number, Track>;
  readonly seen: ReadonlyMap<number, SeenTrack>;
  /** Of those seen, the ones that are not believed to be at rest. */
  readonly movers: readonly Track[];
}

export function toSample(
  batch: DetectionBatch,
  clock: SampleClock,
  watchedSinceMs: number,
  step: TrackerStep,
  ground: Ground | null,
  newTracksFrom: number,
): Sample {
  // filled one by one: pairs for the constructor are as much garbage as all else of a sample
  const tracks = new Map<number, Track>();
  for (const track of step.tracks) tracks.set(track.id, track);
  const seen = new Map<number, SeenTrack>();
  const movers: Track[] = [];
  for (const entry of step.seen) {
    seen.set(entry.track.id, entry);
    if (!isAtRest(entry.track)) movers.push(entry.track);
  }
  return {
    batch,
    clock,
    watchedSinceMs,
    newTracksFrom,
    ground,
    tracks,
    seen,
    movers,
  };
}

export function toSighting(sample: Sample, seen: SeenTrack): Sighting {
  const { capturedAtMs, ptsMs } = sample.batch;
  return { capturedAtMs, ptsMs, box: seen.observation.box, score: seen.observation.score };
}

/**
 * Boxes that may hide what rests at `anchor`. The thing's own track does not hide its place,
 * unless it was carried off by something of another size.
 */
export function listCovers(sample: Sample, anchor: Box, ownTrackId: number): Box[] {
  const boxes: Box[] = [];
  for (const track of sample.tracks.values()) {
    if (track.misses > maxCoverMisses) continue;
    if (track.id === ownTrackId && toSizeRatio(track.box, anchor) >= 0.6) continue;
    boxes.push(track.box);
  }
  return boxes;
}

/** Whether something of the same family was seen where `anchor` is. */
export function isOccupied(sample: Sample, anchor: Box, family: Track['family']): boolean {
  for (const { track } of sample.seen.values())
    if (track.family === family && toRelativeDistance(track.box, anchor) < 0.35) return true;
  return false;
}
