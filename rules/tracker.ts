import type { Box, Detection } from '../domain/mod.ts';
import { associate } from './associate.ts';
import { isSamePlace } from './place.ts';
import { type Observation, suppressDuplicates } from './suppress-duplicates.ts';
import { createTrack, isAtRest, missTrack, moveTrack, type Track } from './track.ts';
import { maxTracks } from './tuning.ts';

export interface TrackerState {
  readonly tracks: readonly Track[];
  readonly nextTrackId: number;
}

/** A track that was seen in this sample, with what was seen. */
export interface SeenTrack {
  readonly track: Track;
  readonly observation: Observation;
}

export interface TrackerStep extends TrackerState {
  readonly seen: readonly SeenTrack[];
  /** Tracks let go because there were too many. */
  readonly overflow: number;
}

export interface SampleClock {
  readonly atMs: number;
  /** Usual time between two samples. */
  readonly typicalMs: number;
  /** No sample came for so long that speeds mean nothing any more. */
  readonly isAfterHole: boolean;
}

/** Where something is remembered to rest that is out of sight. */
export interface RememberedPlace {
  readonly box: Box;
  readonly family: Track['family'];
}

/**
 * One sample: associates detections with tracks, begins new ones, lets old ones go. A detection begins a track from `birthScore` on,
 * or where something is `remembered`: at night a thing comes back into sight with a low score.
 */
export function stepTracker(
  state: TrackerState,
  detections: readonly Detection[],
  clock: SampleClock,
  birthScore: number,
  remembered: readonly RememberedPlace[] = [],
): TrackerStep {
  const before = clock.isAfterHole ? state.tracks.filter(isAtRest) : state.tracks;
  const hasObjects = detections.some((detection) => detection.class === 'object');
  const observations = suppressDuplicates(detections, hasObjects ? listStandingNamed(before) : []);
  const matched = associate(before, observations, clock.atMs);
  const boxes = observations.map((observation) => observation.box);
  const tracks: Track[] = [];
  const seen: SeenTrack[] = [];
  const isTaken: boolean[] = [];
  for (let index = 0; index < before.length; index++) {
    const old = before[index] as Track;
    const match = matched[index] as number;
    const observation = observations[match];
    if (observation === undefined) {
      if (clock.atMs - old.lastSeenMs <= toPatienceMs(old, clock)) tracks.push(missTrack(old, boxes));
      continue;
    }
    isTaken[match] = true;
    const track = moveTrack(old, observation.box, clock.atMs, boxes);
    tracks.push(track);
    seen.push({ track, observation });
  }
  let nextTrackId = state.nextTrackId;
  for (let index = 0; index < observations.length; index++) {
    if (isTaken[index] === true) continue;
    const observation = observations[index] as Observation;
    if (observation.score < birthScore && !isRemembered(observation, remembered)) continue;
    const track = createTrack(nextTrackId++, observation, clock.atMs);
    tracks.push(track);
    seen.push({ track, observation });
  }
  const kept = tracks.length > maxTracks ? keepFreshest(tracks) : tracks;
  return { tracks: kept, nextTrackId, seen, overflow: tracks.length - kept.length };
}

function isRemembered({ family, box }: Observation, places: readonly RememberedPlace[]): boolean {
  return places.some((place) => place.family === family && isSamePlace(box, place.box));
}

/** Where tracks rest that are no nameless things. */
function listStandingNamed(tracks: readonly Track[]): Box[] {
  const boxes: Box[] = [];
  for (const track of tracks) if (track.family !== 'thing' && isAtRest(track)) boxes.push(track.spell.anchor);
  return boxes;
}

/** How long an unseen track is remembered: a few samples, longer for what stands still or seems to. */
function toPatienceMs(track: Track, clock: SampleClock): number {
  if (clock.isAfterHole) return Number.POSITIVE_INFINITY;
  const samples = track.spell.sightings > 1 ? 5 : 3.5;
  const leastMs = isAtRest(track) ? 2000 : 1500;
  // in time-lapse of a picture a minute a thing may be missed in a few all the same
  const mostMs = Math.max(15_000, 3.5 * clock.typicalMs);
  return Math.min(mostMs, Math.max(leastMs, samples * clock.typicalMs));
}

function keepFreshest(tracks: readonly Track[]): Track[] {
  const kept = new Set(
    tracks.toSorted((a, b) => b.lastSeenMs - a.lastSeenMs || b.hits - a.hits).slice(0, maxTracks),
  );
  return tracks.filter((track) => kept.has(track));
}
