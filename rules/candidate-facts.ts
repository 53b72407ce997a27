import { type CandidateFacts, type Rule, toCandidateId } from '../domain/mod.ts';
import type { Moment } from './candidate-events.ts';
import { explainCandidate } from './explain-candidate.ts';
import { type Presence, toClass, toDwellMs, toMeanScore } from './presence.ts';
import { findMiddle } from './trail.ts';

/** All that a candidate event says of a presence. `toMs` is the last sight once the stay is over. */
export function toCandidateFacts(
  presence: Presence,
  rule: Rule,
  moment: Moment,
  toMs: number | null,
): CandidateFacts {
  const { batch } = moment;
  const { tally } = presence;
  const facts: Omit<CandidateFacts, 'explanation'> = {
    id: toCandidateId(batch.camera, rule.id, presence.fromMs, presence.first.box),
    camera: batch.camera,
    ruleId: rule.id,
    offence: rule.offence,
    zone: rule.zone,
    zonePolygon: rule.polygon,
    class: toClass(presence),
    presentSinceMs: presence.fromMs,
    fromMs: presence.fromMs,
    toMs,
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
    suppressed: null,
    round: 1,
    repeatOf: null,
    place: rule.place,
    attendedMs: null,
  };
  return { ...facts, explanation: explainCandidate(facts) };
}
