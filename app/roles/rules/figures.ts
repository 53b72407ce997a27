import type { CandidateEvent } from '../../../domain/mod.ts';
import type { RulesFigures } from '../../../platform/mod.ts';
import type { RulesState } from '../../../rules/mod.ts';
import type { FoldGroup } from './fold-group.ts';

/** Counts of a rules process since its start. */
export interface RulesCounts {
  /** Batches folded. */
  batches: number;
  /** Messages that are no batch of their camera. */
  unreadable: number;
  /** Batches that the fold could not take. */
  failed: number;
  /** Messages that the stream had dropped before they were read. */
  expired: number;
  /** Events of the past that a fold from the log's beginning gave, and that were not published. */
  leftOut: number;
  /** Events that were found published already. */
  foundPublished: number;
  checkpoints: number;
  checkpointBytes: number;
  checkpointFailures: number;
  readonly events: Record<string, number>;
  readonly suppressed: Record<string, number>;
}

export function createCounts(): RulesCounts {
  return {
    batches: 0,
    unreadable: 0,
    failed: 0,
    expired: 0,
    leftOut: 0,
    foundPublished: 0,
    checkpoints: 0,
    checkpointBytes: 0,
    checkpointFailures: 0,
    events: {},
    suppressed: {},
  };
}

export function countEvent(counts: RulesCounts, event: CandidateEvent, isNew: boolean): void {
  if (!isNew) {
    counts.foundPublished++;
    return;
  }
  counts.events[event.type] = (counts.events[event.type] ?? 0) + 1;
  const reason = event.type === 'suppressed' ? event.candidate.suppressed?.reason : undefined;
  if (reason !== undefined) counts.suppressed[reason] = (counts.suppressed[reason] ?? 0) + 1;
}

/** What the cameras' folds have counted, added up; those of a checkpoint go on counting. */
export function sumFoldCounters(groups: readonly FoldGroup[]): Record<string, number> {
  const sums: Record<string, number> = {
    placesOverflowed: groups.reduce((sum, group) => sum + group.countPlaceOverflows(), 0),
  };
  for (const { folds } of groups)
    for (const { state } of folds.values())
      for (const [name, count] of listCounters(state)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

/** The counters of a camera's fold by name; what is counted by reason has the reason in its name (`suppressedCap`). */
export function listCounters({ counters }: Pick<RulesState, 'counters'>): [name: string, count: number][] {
  return Object.entries(counters).flatMap(([name, value]): [string, number][] =>
    typeof value === 'number'
      ? [[name, value]]
      : Object.entries<number>(value).map(([reason, count]) => [
          `${name}${reason[0]?.toUpperCase()}${reason.slice(1)}`,
          count,
        ]),
  );
}

export function toFigures(
  counts: RulesCounts,
  groups: readonly FoldGroup[],
  now: Pick<RulesFigures, 'shards' | 'shardsWanted' | 'lagMessages' | 'lagSeconds'>,
): RulesFigures {
  return {
    ...now,
    cameras: groups.reduce((sum, { folds }) => sum + folds.size, 0),
    batches: counts.batches,
    passedOver: { unreadable: counts.unreadable, failed: counts.failed, expired: counts.expired },
    events: { ...counts.events },
    suppressed: { ...counts.suppressed },
    leftOut: counts.leftOut,
    checkpoints: counts.checkpoints,
    checkpointBytes: counts.checkpointBytes,
    checkpointFailures: counts.checkpointFailures,
    foldCounters: sumFoldCounters(groups),
  };
}
