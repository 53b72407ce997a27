import { toFamily } from './family.ts';
import { toRelativeDistance } from './place.ts';
import { type Presence, toClass, toSamplesInView } from './presence.ts';
import { isOccupied, type Sample } from './sample.ts';
import { leavingDistance, vacatedChance, vacatedMs, vacatedSamples } from './tuning.ts';

/** Notes that the thing's own track has gone elsewhere, and counts the samples in which its place lies empty since. */
export function watchLeaving(presence: Presence, sample: Sample): Presence {
  const own = sample.seen.get(presence.lastTrackId);
  const distance = own === undefined ? 0 : toRelativeDistance(own.track.box, presence.anchor);
  const isAway = distance >= leavingDistance;
  const { leaving } = presence;
  if (leaving === null && !isAway) return presence;
  const isEmpty =
    presence.tally.visibility === 'unseen' &&
    !isOccupied(sample, presence.anchor, toFamily(toClass(presence)));
  if (!isEmpty) return { ...presence, leaving: null };
  return {
    ...presence,
    leaving:
      leaving === null
        ? { sinceMs: sample.clock.atMs, emptySamples: 1, firstDistance: distance, lastDistance: distance }
        : {
            ...leaving,
            emptySamples: leaving.emptySamples + 1,
            lastDistance: isAway ? distance : leaving.lastDistance,
          },
  };
}

/**
 * Whether the thing is known to have left. One sight of its track elsewhere is not enough: at slow sampling a neighbour's
 * detection may be taken for it; it must have been seen going on.
 */
export function hasLeft(presence: Presence, atMs: number): boolean {
  const { leaving, tally } = presence;
  if (leaving === null) return false;
  const missChance = 1 - (tally.samplesSeen + 1) / (toSamplesInView(presence) + 2);
  return (
    missChance ** leaving.emptySamples <= vacatedChance &&
    leaving.lastDistance - leaving.firstDistance >= leavingDistance / 2 &&
    leaving.emptySamples >= vacatedSamples &&
    atMs - leaving.sinceMs >= vacatedMs
  );
}
