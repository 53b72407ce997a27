import {
  type CandidateEvent,
  type Rule,
  type RuleHours,
  type Suppression,
  type SuppressionReason,
  toRuleHours,
} from '../domain/mod.ts';
import {
  type Moment,
  publishBlind,
  publishCurrent,
  publishEnd,
  publishHold,
  publishRaise,
} from './candidate-events.ts';
import { toPresenceId } from './candidate-facts.ts';
import { findGroupRaise } from './group.ts';
import { toCapSuppression, toGroupSuppression } from './hold.ts';
import type { Presence } from './presence.ts';
import { findQueued } from './queue.ts';
import {
  ageMemory,
  type EndReason,
  hasBudget,
  type RuleMemory,
  rememberLost,
  rememberRaise,
  wasSeenToEnd,
} from './rule-memory.ts';
import type { Sample } from './sample.ts';
import { type EndedStay, stepStays, waitStays } from './stays.ts';
import type { SampleClock } from './tracker.ts';
import { isLeftAlone, watchCompany } from './vending.ts';

/** What the fold knows of one rule. */
export interface RuleState {
  readonly presences: readonly Presence[];
  readonly memory: RuleMemory;
}

export interface RuleStep extends RuleState {
  readonly events: readonly CandidateEvent[];
  readonly nextKey: number;
  readonly overflow: number;
}

/** One sample for one rule: its stays go on, begin and end, and what they have to say is published. */
export function stepRule(
  rule: Rule,
  state: RuleState,
  sample: Sample,
  moment: Moment,
  nextKey: number,
): RuleStep {
  const schedule = toRuleHours(rule.schedule, moment.atMs);
  const stays = stepStays(rule, state.presences, sample, nextKey, schedule.hours);
  const events: CandidateEvent[] = [];
  let memory = endStays(rule, ageMemory(state.memory, rule, moment.atMs), stays.ended, moment, events);
  const queued = findQueued(rule, stays.current, sample);
  const presences: Presence[] = [];
  const due: Presence[] = [];
  for (const stay of stays.current) {
    const presence = watchCompany(stay, rule, sample);
    const now = {
      atMs: moment.atMs,
      schedule,
      isQueued: queued.has(presence.key),
      isLeftAlone: isLeftAlone(presence, rule, moment.atMs),
    };
    const published = publishCurrent(presence, rule, moment, now, memory);
    for (const event of published.events) events.push(event);
    presences.push(published.presence);
    if (isDue(published.presence, schedule.hours)) due.push(published.presence);
  }
  due.sort(
    (a, b) => (a.charge.dueSinceMs ?? 0) - (b.charge.dueSinceMs ?? 0) || a.fromMs - b.fromMs || a.key - b.key,
  );
  for (const presence of due) {
    const hold = findLateHold(presence, presences, rule, memory, moment);
    const published =
      hold === null ? publishRaise(presence, rule, moment) : publishHold(presence, rule, moment, hold);
    if (hold === null) memory = rememberRaise(memory, moment.atMs);
    events.push(...published.events);
    presences[presences.indexOf(presence)] = published.presence;
  }
  return { presences, memory, events, nextKey: stays.nextKey, overflow: stays.overflow };
}

/** What holds a stay that may be raised for itself: another of its group is raised, or the rule has raised enough. */
function findLateHold(
  presence: Presence,
  presences: readonly Presence[],
  rule: Rule,
  memory: RuleMemory,
  moment: Moment,
): Suppression | null {
  const raised = findGroupRaise(presence, presences, rule);
  if (raised !== null) return toGroupSuppression(toPresenceId(raised, moment.batch.camera), moment.atMs);
  return hasBudget(memory, rule) ? null : toCapSuppression(rule, memory, moment.atMs);
}

/** One sample whose view is bad: nothing is seen, stays wait. */
export function waitRule(
  rule: Rule,
  state: RuleState,
  clock: SampleClock,
  moment: Moment,
): RuleState & { readonly events: readonly CandidateEvent[] } {
  const { view } = moment.batch;
  const schedule = toRuleHours(rule.schedule, moment.atMs);
  const stays = waitStays(rule, state.presences, clock, schedule.hours);
  const events: CandidateEvent[] = [];
  const memory = endStays(rule, ageMemory(state.memory, rule, moment.atMs), stays.ended, moment, events);
  const presences = stays.current.map((presence) => {
    if (view === undefined || schedule.hours === 'off') return presence;
    const published = publishBlind(presence, rule, moment, view);
    events.push(...published.events);
    return published.presence;
  });
  return { presences, memory, events };
}

/** Ends all stays of a rule. */
export function closeRule(
  rule: Rule,
  state: RuleState,
  moment: Moment,
  because: EndReason,
): Omit<RuleState, 'presences'> & { readonly events: readonly CandidateEvent[] } {
  const ended = state.presences
    .filter((presence) => presence.isConfirmed)
    .map((presence) => ({ presence, because }));
  const events: CandidateEvent[] = [];
  return { memory: endStays(rule, state.memory, ended, moment, events), events };
}

/** How many stays each reason has held, by the events of a step. */
export function countHeld(
  before: Readonly<Record<SuppressionReason, number>>,
  events: readonly CandidateEvent[],
): Readonly<Record<SuppressionReason, number>> {
  let counts = before;
  for (const { type, candidate } of events)
    if (type === 'suppressed' && candidate.suppressed !== null)
      counts = { ...counts, [candidate.suppressed.reason]: counts[candidate.suppressed.reason] + 1 };
  return counts;
}

/** Publishes ends, and remembers candidates that nobody saw leave. */
function endStays(
  rule: Rule,
  memory: RuleMemory,
  ended: readonly EndedStay[],
  moment: Moment,
  events: CandidateEvent[],
): RuleMemory {
  let after = memory;
  for (const { presence, because } of ended) {
    events.push(...publishEnd(presence, rule, moment, because));
    const id =
      presence.phase === 'raised'
        ? toPresenceId(presence, moment.batch.camera)
        : presence.charge.duplicateOf?.id;
    if (id === undefined || wasSeenToEnd(because)) continue;
    after = rememberLost(after, { id, anchor: presence.anchor, endedMs: presence.tally.lastSeenMs });
  }
  return after;
}

function isDue({ phase, charge, tally }: Presence, hours: RuleHours): boolean {
  return (
    phase === 'opened' && charge.dueSinceMs !== null && hours === 'in_force' && tally.visibility === 'seen'
  );
}
