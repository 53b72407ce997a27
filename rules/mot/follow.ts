import type { Box, Detection } from '../../domain/mod.ts';
import { toSmoothBox } from '../motion.ts';
import { stepTracker, type TrackerState } from '../tracker.ts';

/** Score that a detection needs to begin a track. */
const birthScore = 0.7;
/** Sightings that make a track; fewer where pictures come so slowly that nothing is seen often. */
const sightings = 3;
const slowSightings = 2;
const slowMs = 400;

/** A track's box in one frame. */
export interface FollowedBox {
  readonly frame: number;
  readonly id: number;
  readonly box: Box;
  readonly score: number;
}

export interface Follower {
  /**
   * Takes the next frame (numbers rise) and gives the boxes of those before it that are settled by now, frame by frame.
   * A track is one from its third sighting on; then its earlier boxes count as well, so frames are held back a little.
   */
  next(frame: number, detections: readonly Detection[]): FollowedBox[];
  /** Whether nothing is followed and nothing held: then frames without detections may be left out. */
  isIdle(): boolean;
  /** After the last frame: what is still held. */
  end(): FollowedBox[];
}

interface Living {
  /** Boxes of what is no track yet. */
  waiting: FollowedBox[];
  /** Last box that counts. */
  last: FollowedBox | null;
}

/** Follows recorded detections, a frame every `frameMs`. `interpolate`: gaps of a track are filled in a straight line. */
export function createFollower(frameMs: number, interpolate: boolean): Follower {
  const needed = frameMs > slowMs ? slowSightings : sightings;
  const living = new Map<number, Living>();
  const held = new Map<number, FollowedBox[]>();
  let tracker: TrackerState = { tracks: [], nextTrackId: 1 };

  const count = (one: Living, box: FollowedBox): void => {
    if (interpolate && one.last !== null)
      for (let frame = one.last.frame + 1; frame < box.frame; frame++)
        held.get(frame)?.push(toBetween(one.last, box, frame));
    held.get(box.frame)?.push(box);
    one.last = box;
  };
  const release = (before: number): FollowedBox[] => {
    const settled: FollowedBox[] = [];
    for (const [frame, boxes] of held) {
      if (frame >= before) break;
      settled.push(...boxes.toSorted((a, b) => a.id - b.id));
      held.delete(frame);
    }
    return settled;
  };

  return {
    next(frame, detections) {
      const clock = { atMs: frame * frameMs, typicalMs: frameMs, isAfterHole: false };
      const { tracks, nextTrackId, seen } = stepTracker(tracker, detections, clock, birthScore);
      tracker = { tracks, nextTrackId };
      held.set(frame, []);
      for (const { track, observation } of seen) {
        const one = living.get(track.id) ?? { waiting: [], last: null };
        living.set(track.id, one);
        one.waiting.push({ frame, id: track.id, box: toSmoothBox(track.motion), score: observation.score });
        if (track.hits < needed) continue;
        for (const box of one.waiting) count(one, box);
        one.waiting = [];
      }
      const alive = new Set(tracks.map((track) => track.id));
      let openFrom = frame + 1;
      for (const [id, one] of living) {
        if (!alive.has(id)) living.delete(id);
        else if (one.last === null) openFrom = Math.min(openFrom, one.waiting[0]?.frame ?? openFrom);
        else if (interpolate) openFrom = Math.min(openFrom, one.last.frame + 1);
      }
      return release(openFrom);
    },
    isIdle: () => tracker.tracks.length === 0 && held.size === 0,
    end: () => release(Number.POSITIVE_INFINITY),
  };
}

function toBetween(from: FollowedBox, to: FollowedBox, frame: number): FollowedBox {
  const share = (frame - from.frame) / (to.frame - from.frame);
  const mix = (a: number, b: number): number => a + share * (b - a);
  return {
    frame,
    id: from.id,
    box: [
      mix(from.box[0], to.box[0]),
      mix(from.box[1], to.box[1]),
      mix(from.box[2], to.box[2]),
      mix(from.box[3], to.box[3]),
    ],
    score: mix(from.score, to.score),
  };
}
