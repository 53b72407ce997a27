import type {
  CandidateEvent,
  CandidateEventType,
  DetectionBatch,
  Rule,
  Suppression,
  ViewProblem,
} from '../domain/mod.ts';
import { toCandidateFacts } from './candidate-facts.ts';
import { findHold, toViewSuppression } from './hold.ts';
import { isSeen, type Presence, toDwellMs, toMeanScore, toSamplesInView } from './presence.ts';
import { type EndReason, findLost, type RuleMemory } from './rule-memory.ts';
import { beginRound, type Hours, isRoundDue, settleCount, withNextRound } from './settle-count.ts';
import { countRecentSeen } from './tally.ts';
import { longestDaytimeGapMs, minRecentSeen, minSeenShare } from './tuning.ts';
import { isOffending } from './vending.ts';

/** Shortest time between two updates of one candidate. */
const minUpdateMs = 10_000;
/** A change of the unseen part of the dwell that is worth an update. */
const materialShare = 0.1;

export interface Moment {
  readonly batch: DetectionBatch;
  /** When the events happen: the batch's capture time, but for stays that end because the clock was set. */
  readonly atMs: number;
  readonly sceneVersion: string;
}

export interface Published {
  readonly presence: Presence;
  readonly events: readonly CandidateEvent[];
}

/**
 * What a presence that goes on has to say at this sample, and the presence that remembers having said it. One that may be raised now is
 * only marked (`charge.dueSinceMs`): the cap decides among all that are.
 */
export function publishCurrent(
  presence: Presence,
  rule: Rule,
  moment: Moment,
  now: Hours,
  memory: RuleMemory,
): Published {
  if (!presence.isConfirmed || !isSeen(presence)) return { presence, events: [] };
  const { atMs } = moment;
  const events: CandidateEvent[] = [];
  let current = settleCount(presence, rule, now);
  const publish = (type: CandidateEventType, next: Presence) => {
    current = { ...next, publishedAtMs: atMs, publishedUnseenShare: toUnseenShare(next) };
    events.push(toEvent(type, current, rule, moment, null));
  };
  const isAlone = current.phase !== 'raised' && current.charge.waits === 'unattended';
  if (now.schedule.hours === 'off' || isAlone) return { presence: current, events };
  if (now.schedule.hours === 'in_force' && isRoundDue(current, atMs)) {
    events.push(...publishEnd(current, rule, moment, null));
    publish('opened', { ...beginRound(current), phase: 'opened' });
  }
  if (current.phase === 'watched' && isOnset(current, rule))
    publish('opened', judgeDuplicate({ ...current, phase: 'opened' }, rule, memory));
  if (current.phase === 'opened' && isLegal(current, rule)) {
    const hold = findHold(current, rule, now.schedule, atMs);
    if (hold === null) current = markDue(current, atMs);
    else if (hold.reason !== current.charge.suppression?.reason)
      publish('suppressed', withHold(current, hold));
  } else if (current.phase === 'raised' && isNews(current, rule, atMs)) publish('updated', current);
  return { presence: current, events };
}

/** The candidate is raised: nothing holds it. */
export function publishRaise(presence: Presence, rule: Rule, moment: Moment): Published {
  const { atMs } = moment;
  const { charge } = presence;
  const raised: Presence = {
    ...presence,
    phase: 'raised',
    raisedAtMs: atMs,
    publishedAtMs: atMs,
    publishedUnseenShare: toUnseenShare(presence),
    charge: { ...charge, suppression: null, dueSinceMs: null, roundsFromMs: charge.roundsFromMs ?? atMs },
  };
  const events = [toEvent('raised', raised, rule, moment, null)];
  return { presence: withNextRound(raised, rule), events };
}

/** The candidate is held; nothing when it was held for the same reason already. */
export function publishHold(presence: Presence, rule: Rule, moment: Moment, hold: Suppression): Published {
  if (presence.charge.suppression?.reason === hold.reason) return { presence, events: [] };
  const held = { ...presence, charge: { ...presence.charge, suppression: hold } };
  return { presence: held, events: [toEvent('suppressed', held, rule, moment, null)] };
}

/** What is opened and not yet raised says once that it waits for a better view. */
export function publishBlind(
  presence: Presence,
  rule: Rule,
  moment: Moment,
  problem: ViewProblem,
): Published {
  if (presence.phase !== 'opened') return { presence, events: [] };
  return publishHold(presence, rule, moment, toViewSuppression(problem, moment.atMs));
}

/** The end of a presence that had been opened; nothing for one that nobody heard of. `null`: it goes on as its next round. */
export function publishEnd(
  presence: Presence,
  rule: Rule,
  moment: Moment,
  because: EndReason | null,
): CandidateEvent[] {
  return presence.phase === 'watched'
    ? []
    : [toEvent('ended', presence, rule, moment, { toMs: presence.tally.lastSeenMs, because })];
}

function toEvent(
  type: CandidateEventType,
  presence: Presence,
  rule: Rule,
  moment: Moment,
  end: { toMs: number; because: EndReason | null } | null,
): CandidateEvent {
  const candidate = toCandidateFacts(presence, rule, moment, end);
  return { v: 1, type, atMs: moment.atMs, candidate };
}

function judgeDuplicate(presence: Presence, rule: Rule, memory: RuleMemory): Presence {
  const lost = findLost(memory, presence, rule);
  if (lost === null) return presence;
  const duplicateOf = { id: lost.id, endedMs: lost.endedMs };
  return { ...presence, charge: { ...presence.charge, duplicateOf } };
}

function withHold(presence: Presence, suppression: Suppression): Presence {
  return { ...presence, charge: { ...presence.charge, suppression, dueSinceMs: null } };
}

function markDue(presence: Presence, atMs: number): Presence {
  const { charge } = presence;
  return charge.dueSinceMs === null ? { ...presence, charge: { ...charge, dueSinceMs: atMs } } : presence;
}

function isOnset(presence: Presence, rule: Rule): boolean {
  return (
    toDwellMs(presence) >= rule.onsetMs &&
    isSeenOften(presence, rule) &&
    isOffending(presence, rule, rule.onsetMs)
  );
}

/** A later round is due by the clock, not by a dwell. */
function isLegal(presence: Presence, rule: Rule): boolean {
  return (
    (toDwellMs(presence) >= rule.legalMs || presence.charge.round > 1) &&
    isSeenOften(presence, rule) &&
    toMeanScore(presence) >= rule.minScore &&
    isOffending(presence, rule, presence.charge.round > 1 ? 0 : rule.legalMs)
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
