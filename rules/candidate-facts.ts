import { type CandidateFacts, type Rule, toCandidateId } from '../domain/mod.ts';
import type { Moment } from './candidate-events.ts';
import { explainCandidate } from './explain-candidate.ts';
import { type Presence, toClass, toDwellMs, toMeanScore } from './presence.ts';
import type { EndReason } from './rule-memory.ts';
import { findMiddle } from './trail.ts';
import { toAttendedMs } from './vending.ts';

/** How a candidate ended; `because` is `null` when its stay goes on as another round. */
export interface CandidateEnd {
  readonly toMs: number;
  readonly because: EndReason | null;
}

/** All that a candidate event says of a presence. `end`: `null` while it lasts. */
export function toCandidateFacts(
  presence: Presence,
  rule: Rule,
  moment: Moment,
  end: CandidateEnd | null,
): CandidateFacts {
  const { batch } = moment;
  const { tally, origin, charge } = presence;
  const facts: Omit<CandidateFacts, 'explanation'> = {
    id: toPresenceId(presence, batch.camera),
    camera: batch.camera,
    ruleId: rule.id,
    offence: rule.offence,
    zone: rule.zone,
    zonePolygon: rule.polygon,
    class: toClass(presence),
    presentSinceMs: origin.sinceMs,
    fromMs: presence.fromMs,
    toMs: end === null ? null : end.toMs,
    lastSeenMs: tally.lastSeenMs,
    raisedAtMs: presence.raisedAtMs,
    dwellMs: toDwellMs(presence),
    dwell: { seenMs: tally.seenMs, bridgedMs: tally.bridgedMs, unknownMs: tally.unknownMs },
    samplesSeen: tally.samplesSeen,
    samplesTaken: tally.samplesTaken,
    longestGapMs: tally.longestGapMs,
    meanScore: toMeanScore(presence),
    onsetMs: rule.onsetMs,
    legalMs: rule.legalMs,
    first: presence.first,
    middle: findMiddle(tally.trail, presence.fromMs, tally.lastSeenMs),
    last: tally.last,
    clockErrorMs: batch.clockErrorMs,
    width: batch.width,
    height: batch.height,
    model: batch.model,
    sceneVersion: moment.sceneVersion,
    suppressed: charge.suppression,
    round: charge.round,
    repeatOf: charge.round === 1 ? null : toFirstId(presence, batch.camera),
    place: rule.place,
    attendedMs: toAttendedMs(presence),
  };
  const { countsFrom } = charge;
  return { ...facts, explanation: explainCandidate(facts, { rule, countsFrom, because: end?.because }) };
}

/** The id of the candidate that the presence is now: a later round is named after its own beginning. */
export function toPresenceId(presence: Presence, camera: string): string {
  const { origin, charge, ruleId, fromMs } = presence;
  if (charge.round === 1) return toFirstId(presence, camera);
  return toCandidateId(camera, ruleId, fromMs, origin.box);
}

function toFirstId({ ruleId, origin }: Presence, camera: string): string {
  return toCandidateId(camera, ruleId, origin.sinceMs, origin.box);
}
