import type { Box, Rule } from '../domain/mod.ts';
import { toFamily } from './family.ts';
import { isBornInPlace, isSameOutline, toSizeRatio } from './place.ts';
import { type Presence, toClass } from './presence.ts';
import type { Sample } from './sample.ts';
import { isAtRest } from './track.ts';
import { maxQueueMs, queueGap, queueOthers, queuePatienceMs, queueSizeRatio, queueWaveMs } from './tuning.ts';

/** A vehicle at rest that is known to have come. */
interface Standing {
  /** `null` for one outside the rule's zone. */
  readonly key: number | null;
  readonly anchor: Box;
  readonly sinceMs: number;
}

/**
 * The keys of the stays that stand in a queue of traffic: vehicles that came to rest within a minute or so of one another, one close
 * behind or beside the next. Parked cars come one by one; what was there before anybody looked is no queue either.
 */
export function findQueued(rule: Rule, presences: readonly Presence[], sample: Sample): ReadonlySet<number> {
  const queued = new Set<number>();
  if (rule.congestion !== 'suppress' || !presences.some((presence) => mayQueue(presence, sample)))
    return queued;
  const standing = listStanding(presences, sample);
  if (standing.length <= queueOthers) return queued;
  for (const presence of presences) {
    if (!mayQueue(presence, sample)) continue;
    const wave = standing.filter(
      (one) => one.key !== presence.key && Math.abs(one.sinceMs - presence.origin.sinceMs) <= queueWaveMs,
    );
    if (countChained(presence.anchor, wave) >= queueOthers) queued.add(presence.key);
  }
  return queued;
}

function mayQueue(presence: Presence, sample: Sample): boolean {
  return (
    presence.isConfirmed &&
    presence.origin.isArrival &&
    (presence.phase !== 'raised' || presence.next !== null) &&
    sample.clock.atMs - presence.origin.sinceMs < maxQueueMs &&
    toFamily(toClass(presence)) === 'vehicle'
  );
}

function listStanding(presences: readonly Presence[], sample: Sample): Standing[] {
  const standing: Standing[] = [];
  const own = new Set<number>();
  for (const presence of presences) {
    if (!presence.isConfirmed) continue;
    own.add(presence.lastTrackId);
    if (!presence.origin.isArrival || !isStillThere(presence, sample.clock.atMs)) continue;
    if (toFamily(toClass(presence)) === 'vehicle')
      standing.push({ key: presence.key, anchor: presence.anchor, sinceMs: presence.origin.sinceMs });
  }
  for (const track of sample.tracks.values()) {
    if (track.family !== 'vehicle' || !isAtRest(track) || own.has(track.id)) continue;
    const { anchor, fromMs } = track.spell;
    if (track.fit === 'away' || isBornInPlace(track.bornBox, anchor)) continue;
    if (!presences.some((presence) => presence.isConfirmed && isSameOutline(presence.anchor, anchor)))
      standing.push({ key: null, anchor, sinceMs: fromMs });
  }
  return standing;
}

function isStillThere({ leaving, tally }: Presence, atMs: number): boolean {
  if (tally.visibility === 'seen') return true;
  if (leaving !== null && (leaving.isGone || leaving.going !== null)) return false;
  return atMs - tally.lastSeenMs <= queuePatienceMs;
}

/** How many of `others` stand near `from`, or near one that does. */
function countChained(from: Box, others: readonly Standing[]): number {
  const chain: Box[] = [from];
  let left = [...others];
  for (let index = 0; index < chain.length && left.length > 0; index++) {
    const link = chain[index] as Box;
    const near = left.filter((one) => isNeighbour(link, one.anchor));
    chain.push(...near.map((one) => one.anchor));
    left = left.filter((one) => !near.includes(one));
  }
  return chain.length - 1;
}

/** One far smaller stands far behind, whatever the picture puts beside the other: traffic at the end of a street is no queue at its kerb. */
function isNeighbour(a: Box, b: Box): boolean {
  return (
    toSizeRatio(a, b) >= queueSizeRatio &&
    Math.max(a[0] - b[2], b[0] - a[2]) <= queueGap * Math.max(a[2] - a[0], b[2] - b[0]) &&
    Math.max(a[1] - b[3], b[1] - a[3]) <= queueGap * Math.max(a[3] - a[1], b[3] - b[1])
  );
}
