import type { ObjectClass, Rule } from '../domain/mod.ts';
import { isBornInPlace, toRelativeDistance } from './place.ts';
import { isSeen, type Presence, toClass } from './presence.ts';
import type { Sample } from './sample.ts';
import { isNested, isOneStall, type Part, toStallRank } from './stall.ts';
import { isAtRest } from './track.ts';
import type { SeenTrack } from './tracker.ts';

/**
 * What is seen of the thing of a stay in this sample. A stall is one thing with its umbrella and its cart, a heap with the pieces
 * that are detected in it: `own` is what the stay's own track shows, and another part of the same thing stands in for it when it is
 * not seen or says better what the thing is. For other offences a thing is what its track shows.
 */
export function findSeenPart(
  presence: Presence,
  rule: Rule,
  sample: Sample,
  own: SeenTrack | undefined,
): SeenTrack | undefined {
  if (!hasParts(rule) || !presence.isConfirmed) return own;
  const whole = toWhole(presence);
  let best = own;
  for (const seen of sample.seen.values()) {
    if (seen === own || !isPartOf(seen, presence, whole, rule)) continue;
    const rank = best === undefined ? 1 : toRank(seen, rule) - toRank(best, rule);
    const isNearer = best !== own && rank === 0 && toDistance(seen, presence) < toDistance(best, presence);
    if (best === undefined || rank < 0 || isNearer) best = seen;
  }
  return best;
}

/** Whether what `seen` shows belongs to the thing of a stay that is believed already. */
export function isPartOfAny(seen: SeenTrack, presences: readonly Presence[], rule: Rule): boolean {
  if (!hasParts(rule)) return false;
  return presences.some(
    (presence) =>
      presence.isConfirmed && isSeen(presence) && isPartOf(seen, presence, toWhole(presence), rule),
  );
}

/** Whether two stays of one rule are stays of one thing. */
export function isOneThing(presence: Presence, other: Presence, rule: Rule): boolean {
  if (!hasParts(rule) || other.key === presence.key || !other.isConfirmed || !isSeen(other)) return false;
  return isOne(toWhole(presence), toWhole(other), rule);
}

/** Whether a part is to carry the stay from now on: it says better what the thing is, or as well and the stay's own track is lost. */
export function isMainPart(part: SeenTrack, presence: Presence, rule: Rule): boolean {
  const rank = toRank(part, rule) - rankOf(toClass(presence), rule);
  return rank < 0 || (rank === 0 && presence.trackId === null);
}

/** The stay as one that a part of its thing carries, whose name the thing has from now on. */
export function carryByPart(presence: Presence, { track, observation }: SeenTrack): Presence {
  const { id, spell } = track;
  const votes = Object.values(presence.tally.votes).reduce((sum, one) => sum + one, 0);
  return {
    ...presence,
    trackId: id,
    lastTrackId: id,
    spellFromMs: spell.fromMs,
    anchor: spell.anchor,
    tally: { ...presence.tally, votes: { [observation.detection.class]: votes } },
  };
}

function hasParts(rule: Rule): boolean {
  switch (rule.offence) {
    case 'street_vending':
    case 'shop_overflow':
    case 'clutter':
    case 'exposed_garbage':
    case 'illegal_construction':
      return true;
    case 'sidewalk_parking':
    case 'non_motor_parking':
    case 'overflowing_bin':
      return false;
    default:
      return rule.offence satisfies never;
  }
}

/** At rest there, and not come after the thing was last seen: then it is something else in its place. */
function isPartOf(seen: SeenTrack, presence: Presence, whole: Part, rule: Rule): boolean {
  const { track } = seen;
  const part: Part = { class: seen.observation.detection.class, box: track.spell.anchor };
  return (
    track.fit !== 'away' &&
    rule.classes.includes(part.class) &&
    isAtRest(track) &&
    isOne(part, whole, rule) &&
    (track.spell.fromMs <= presence.tally.lastSeenMs || isBornInPlace(track.bornBox, whole.box))
  );
}

function isOne(a: Part, b: Part, rule: Rule): boolean {
  return rule.offence === 'street_vending' ? isOneStall(a, b) : isNested(a.box, b.box);
}

function toWhole(presence: Presence): Part {
  return { class: toClass(presence), box: presence.anchor };
}

function toRank(seen: SeenTrack, rule: Rule): number {
  return rankOf(seen.observation.detection.class, rule);
}

function rankOf(objectClass: ObjectClass, rule: Rule): number {
  return rule.offence === 'street_vending' ? toStallRank(objectClass) : 0;
}

function toDistance(seen: SeenTrack | undefined, { anchor }: Presence): number {
  return seen === undefined ? Number.POSITIVE_INFINITY : toRelativeDistance(seen.track.box, anchor);
}
