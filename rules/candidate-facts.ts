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
  const facts: Omit<CandidateFacts, 'explanation'> = {
    id: toCandidateId(batch.camera, rule.id, presence.fromMs, presence.first.box),
    camera: batch.camera,
    ruleId: rule.id,
    offence: rule.offence,
    zone: rule.zone,
    zonePolygon: rule.polygon,
    class: toClass(presence),
    fromMs: presence.fromMs,
    toMs,
    lastSeenMs: presence.lastSeenMs,
    raisedAtMs: presence.raisedAtMs,
    dwellMs: toDwellMs(presence),
    dwell: { seenMs: presence.seenMs, bridgedMs: presence.bridgedMs, unknownMs: presence.unknownMs },
    samplesSeen: presence.samplesSeen,
    samplesTaken: presence.samplesTaken,
    longestGapMs: presence.longestGapMs,
    meanScore: toMeanScore(presence),
    onsetMs: rule.onsetMs,
    legalMs: rule.legalMs,
    first: presence.first,
    middle: findMiddle(presence.trail, presence.fromMs, presence.lastSeenMs),
    last: presence.last,
    clockErrorMs: batch.clockErrorMs,
    width: batch.width,
    height: batch.height,
    model: batch.model,
    sceneVersion: moment.sceneVersion,
  };
  return { ...facts, explanation: explainCandidate(facts) };
}
