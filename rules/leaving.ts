import { type Box, toIou } from '../domain/mod.ts';
import { toFamily } from './family.ts';
import { toSizeRatio } from './place.ts';
import { type Presence, toClass, toSamplesInView } from './presence.ts';
import { isOccupied, type Sample } from './sample.ts';
import type { Track } from './track.ts';
import type { SampleClock } from './tracker.ts';
import {
  approachMs,
  leastWay,
  leavingDistance,
  partlyIou,
  pathOffset,
  startOfLeaving,
  vacatedChance,
  vacatedMs,
  vacatedSamples,
} from './tuning.ts';

/** Where something is, seen from the middle of a place, in sides of the larger of both. */
type Offset = readonly [x: number, y: number];

/** What was seen about the place of a stay since its last sight. */
export interface Leaving {
  /** Tracks from this number on began when the stay had been lost from sight. */
  readonly newTracksFrom: number;
  /** Something that drives away from the place, and how often the place was seen empty since. */
  readonly going: {
    readonly sinceMs: number;
    readonly emptySamples: number;
    readonly first: Offset;
    readonly last: Offset;
  } | null;
  /** Something that comes nearer to the place. */
  readonly coming: {
    readonly firstMs: number;
    readonly first: Offset;
    readonly lastMs: number;
    readonly last: Offset;
  } | null;
  /** The thing was seen to drive off, and its place empty. */
  readonly isGone: boolean;
}

/**
 * Notes what moves about the place of a stay that is out of sight. At slow sampling a car that drives off is another track from one
 * picture to the next, so any that moves away on a line through the place counts, if it was not there before the stay was lost.
 */
export function watchLeaving(presence: Presence, sample: Sample): Presence {
  if (presence.tally.visibility === 'seen')
    return presence.leaving === null ? presence : { ...presence, leaving: null };
  const before = presence.leaving ?? startLeaving(sample);
  const movers = listMovers(presence, sample);
  if (presence.tally.visibility === 'hidden') return watchHidden(presence, before, movers);
  if (movers.length === 0 && before.going === null)
    return presence.leaving === null ? { ...presence, leaving: before } : presence;
  const isEmpty = !isOccupied(sample, presence.anchor, toFamily(toClass(presence)));
  const going = isEmpty ? watchGoing(presence, before, movers, sample) : null;
  const coming = watchComing(presence, before.coming, movers, sample.clock.atMs);
  const isGone =
    before.isGone ||
    (going !== null && going.emptySamples >= 2 && isGoingOn(going)) ||
    (going !== null && isEmptyBeside(presence, going)) ||
    movers.some((track) => standsPartlyIn(track.box, presence.anchor));
  if (
    presence.leaving !== null &&
    before.going === going &&
    before.coming === coming &&
    before.isGone === isGone
  )
    return presence;
  return { ...presence, leaving: { newTracksFrom: before.newTracksFrom, going, coming, isGone } };
}

/** What drives into the place covers it as well as what passes in front: what was seen before is kept, and only the place itself can tell. */
function watchHidden(presence: Presence, before: Leaving, movers: readonly Track[]): Presence {
  if (before.isGone) return presence;
  if (movers.some((track) => standsPartlyIn(track.box, presence.anchor)))
    return { ...presence, leaving: { ...before, isGone: true } };
  return presence.leaving === null ? presence : { ...presence, leaving: null };
}

function startLeaving({ newTracksFrom }: Sample): Leaving {
  return { newTracksFrom, going: null, coming: null, isGone: false };
}

/** Whether the thing is known to have left. One sight of something that moves away is not enough, nor one of the empty place. */
export function hasLeft(presence: Presence, atMs: number): boolean {
  const going = presence.leaving?.going ?? null;
  if (going === null || !isGoingOn(going)) return false;
  return (
    toMissChance(presence) ** going.emptySamples <= vacatedChance &&
    going.emptySamples >= vacatedSamples &&
    atMs - going.sinceMs >= vacatedMs
  );
}

/** Whether something left beside the place and the place has been empty since for longer than misses explain. */
function isEmptyBeside(presence: Presence, { first, emptySamples }: NonNullable<Leaving['going']>): boolean {
  if (Math.abs(first[1]) > pathOffset || emptySamples < vacatedSamples) return false;
  return toMissChance(presence) ** emptySamples <= vacatedChance / 2;
}

function toMissChance(presence: Presence): number {
  return 1 - (presence.tally.samplesSeen + 1) / (toSamplesInView(presence) + 2);
}

/** Whether what now stands in the place of a stay out of sight is known for something else: the one was seen to go, or the other to come. */
export function wasExchanged({ leaving }: Presence, { clock }: Sample): boolean {
  if (leaving === null) return false;
  if (leaving.isGone) return true;
  return leaving.coming !== null && mayHaveArrived(leaving.coming, clock);
}

/** Whether something came straight towards the place, and has had the time to reach it since it was last seen. */
function mayHaveArrived(
  { first, firstMs, last, lastMs }: NonNullable<Leaving['coming']>,
  { atMs, typicalMs }: SampleClock,
): boolean {
  const way = Math.hypot(last[0] - first[0], last[1] - first[1]);
  const sinceMs = atMs - lastMs;
  if (way < leastWay || !isOnPath(first, last) || sinceMs > approachMs + 3.5 * typicalMs) return false;
  return toLength(last) <= leavingDistance + (1.5 * way * sinceMs) / (lastMs - firstMs);
}

function isGoingOn({ first, last }: NonNullable<Leaving['going']>): boolean {
  return toLength(last) - toLength(first) >= leavingDistance / 2;
}

/** Tracks seen in this sample that do not rest and may be the thing, or one like it. */
function listMovers(presence: Presence, sample: Sample): Track[] {
  const family = toFamily(toClass(presence));
  const movers: Track[] = [];
  const own = sample.seen.get(presence.lastTrackId)?.track;
  const isLike = (track: Track) => track.family === family && toSizeRatio(track.box, presence.anchor) >= 0.6;
  if (own !== undefined && own.fit === 'away' && isLike(own)) movers.push(own);
  for (const track of sample.movers) if (track !== own && isLike(track)) movers.push(track);
  return movers;
}

function watchGoing(
  presence: Presence,
  { going, newTracksFrom }: Leaving,
  movers: readonly Track[],
  { clock }: Sample,
): Leaving['going'] {
  const { anchor, lastTrackId, tally } = presence;
  // something that was there before the stay was lost from sight is not its thing
  const mine = movers.filter((track) => track.id === lastTrackId || track.id >= newTracksFrom);
  const offsets = mine
    .map((track) => toOffset(track.box, anchor))
    .filter((one) => toLength(one) >= leavingDistance);
  if (going === null) {
    const isEarly = clock.atMs - tally.lastSeenMs <= 2.5 * clock.typicalMs + 500;
    const first = offsets.find((one) => toLength(one) <= startOfLeaving) ?? null;
    const own = mine.find((track) => track.id === lastTrackId);
    const start = own === undefined ? (isEarly ? first : null) : toOffset(own.box, anchor);
    if (start === null || toLength(start) < leavingDistance / 2) return null;
    return { sinceMs: clock.atMs, emptySamples: 1, first: start, last: start };
  }
  const next = offsets.find(
    (one) =>
      toLength(one) > toLength(going.last) && isOnPath(going.first, one) && isSameSide(going.first, one),
  );
  return { ...going, emptySamples: going.emptySamples + 1, last: next ?? going.last };
}

function watchComing(
  presence: Presence,
  coming: Leaving['coming'],
  movers: readonly Track[],
  atMs: number,
): Leaving['coming'] {
  const offsets = movers
    .map((track) => toOffset(track.box, presence.anchor))
    .filter((offset) => toLength(offset) >= leavingDistance / 2); // nearer it may be the thing itself
  const next =
    coming &&
    offsets.find(
      (offset) => toLength(offset) <= toLength(coming.last) - 0.1 && isSameSide(coming.first, offset),
    );
  if (coming !== null && next) return { ...coming, lastMs: atMs, last: next };
  if (coming !== null && atMs - coming.lastMs <= 2 * approachMs) return coming;
  const farthest = offsets.toSorted((a, b) => toLength(b) - toLength(a))[0];
  if (farthest === undefined) return coming;
  return { firstMs: atMs, first: farthest, lastMs: atMs, last: farthest };
}

/** Whether a thing as near to the camera stands half in the place, so that the place is not taken by another. */
function standsPartlyIn(box: Box, anchor: Box): boolean {
  return (
    toIou(box, anchor) >= partlyIou &&
    Math.abs(box[3] - anchor[3]) <= 0.08 * (anchor[3] - anchor[1]) &&
    toLength(toOffset(box, anchor)) >= 0.3
  );
}

function toOffset(box: Box, anchor: Box): Offset {
  const width = Math.max(box[2] - box[0], anchor[2] - anchor[0]);
  const height = Math.max(box[3] - box[1], anchor[3] - anchor[1]);
  return [
    (box[0] + box[2] - anchor[0] - anchor[2]) / 2 / width,
    (box[1] + box[3] - anchor[1] - anchor[3]) / 2 / height,
  ];
}

function toLength([x, y]: Offset): number {
  return Math.hypot(x, y);
}

/** Whether the line through both goes through the middle of the place. */
function isOnPath(a: Offset, b: Offset): boolean {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  return Math.abs(a[0] * b[1] - a[1] * b[0]) <= pathOffset * length;
}

function isSameSide(a: Offset, b: Offset): boolean {
  return a[0] * b[0] + a[1] * b[1] > 0;
}
