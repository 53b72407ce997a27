import type { CandidateEvent, CandidateEventType, DetectionBatch, Rule } from '../domain/mod.ts';
import { toCandidateFacts } from './candidate-facts.ts';
import { isSeen, type Presence, toClass, toDwellMs, toMeanScore, toSamplesInView } from './presence.ts';
import { countRecentSeen } from './tally.ts';
import { longestDaytimeGapMs, minRecentSeen, minSeenShare } from './tuning.ts';

/** Shortest time between two updates of one candidate. */
const minUpdateMs = 10_000;
/** A change of the unseen part of the dwell that is worth an update. */
const materialShare = 0.1;

export interface Moment {
  readonly batch: DetectionBatch;
  readonly sceneVersion: string;
}

/** What a presence that goes on has to say at this sample, and the presence that remembers having said it. */
export function publishCurrent(
  presence: Presence,
  rule: Rule,
  moment: Moment,
): { presence: Presence; events: CandidateEvent[] } {
  const atMs = moment.batch.capturedAtMs;
  const events: CandidateEvent[] = [];
  let current = presence;
  const publish = (type: CandidateEventType, next: Presence) => {
    current = { ...next, publishedAtMs: atMs, publishedUnseenShare: toUnseenShare(next) };
    events.push(toEvent(type, current, rule, moment, null));
  };
  if (!presence.isConfirmed || !isSeen(presence)) return { presence, events };
  if (current.phase === 'watched' && isOnset(current, rule))
    publish('opened', { ...current, phase: 'opened' });
  if (current.phase === 'opened' && isLegal(current, rule))
    publish('raised', { ...current, phase: 'raised', raisedAtMs: atMs });
  else if (current.phase === 'raised' && isNews(current, rule, atMs)) publish('updated', current);
  return { presence: current, events };
}

/** The end of a presence that had been opened; nothing for one that nobody heard of. */
export function publishEnd(presence: Presence, rule: Rule, moment: Moment): CandidateEvent[] {
  return presence.phase === 'watched'
    ? []
    : [toEvent('ended', presence, rule, moment, presence.tally.lastSeenMs)];
}

function toEvent(
  type: CandidateEventType,
  presence: Presence,
  rule: Rule,
  moment: Moment,
  toMs: number | null,
): CandidateEvent {
  const candidate = toCandidateFacts(presence, rule, moment, toMs);
  return { v: 1, type, atMs: moment.batch.capturedAtMs, candidate };
}

function isOnset(presence: Presence, rule: Rule): boolean {
  return (
    toDwellMs(presence) >= rule.onsetMs &&
    isSeenOften(presence, rule) &&
    rule.classes.includes(toClass(presence))
  );
}

function isLegal(presence: Presence, rule: Rule): boolean {
  return (
    toDwellMs(presence) >= rule.legalMs &&
    isSeenOften(presence, rule) &&
    toMeanScore(presence) >= rule.minScore &&
    rule.classes.includes(toClass(presence))
  );
}

/**
 * Seen in enough of the samples, over all and of late: a phantom that flickers becomes nothing. A gap of many hours is a night in
 * which nothing can be made out, so that much of the time is not held against it.
 */
function isSeenOften(presence: Presence, rule: Rule): boolean {
  const inView = toSamplesInView(presence);
  const nightShare = Math.max(0, rule.gapMs - longestDaytimeGapMs) / rule.legalMs;
  return (
    presence.tally.samplesSeen >= minSeenShare * Math.max(0.5, 1 - nightShare) * inView &&
    countRecentSeen(presence.tally) >= Math.min(minRecentSeen, inView)
  );
}

function isNews(presence: Presence, rule: Rule, atMs: number): boolean {
  const sinceMs = atMs - presence.publishedAtMs;
  if (sinceMs >= Math.max(minUpdateMs, rule.legalMs / 2)) return true;
  return (
    sinceMs >= minUpdateMs &&
    Math.abs(toUnseenShare(presence) - presence.publishedUnseenShare) >= materialShare
  );
}

function toUnseenShare(presence: Presence): number {
  const dwellMs = toDwellMs(presence);
  return dwellMs === 0 ? 0 : 1 - presence.tally.seenMs / dwellMs;
}
