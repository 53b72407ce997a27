import type { Rule, SuppressionReason } from '../domain/mod.ts';
import type { Presence } from './presence.ts';
import type { RuleMemory } from './rule-memory.ts';
import type { ClockState } from './sample-clock.ts';
import type { Track } from './track.ts';

/** What the fold met that it did not use, and what it had to let go or hold back. */
export interface RulesCounters {
  readonly batches: number;
  /** Same capture time as the batch before: delivered twice. */
  readonly duplicateBatches: number;
  /** Older than the batch before. */
  readonly lateBatches: number;
  /** Of another camera than the first batch. */
  readonly foreignBatches: number;
  /** Capture time that is no number. */
  readonly brokenBatches: number;
  /** Pauses in the stream. */
  readonly holes: number;
  /** The camera's clock was set back or forward by more than a few seconds: all stays ended and began anew. */
  readonly clockJumpsBack: number;
  readonly clockJumpsForward: number;
  /** Batches whose detections were not used because the view was bad. */
  readonly viewBatches: number;
  readonly tracksOverflowed: number;
  readonly presencesOverflowed: number;
  readonly raised: number;
  /** Stays that were held instead of raised, by reason; one may be counted under several. */
  readonly suppressed: Readonly<Record<SuppressionReason, number>>;
}

/** All that the rules know of one camera. Plain JSON, bounded: the checkpoint. */
export interface RulesState {
  readonly v: 3;
  /** `null` before the first batch. */
  readonly camera: string | null;
  readonly clock: ClockState | null;
  readonly tracks: readonly Track[];
  readonly nextTrackId: number;
  readonly presences: readonly Presence[];
  readonly nextPresenceKey: number;
  readonly memories: readonly RuleMemory[];
  /** The rules as of the last batch: a stay ends under the rule it was opened under when that rule is gone. */
  readonly rules: readonly Rule[];
  readonly counters: RulesCounters;
}

export function createRulesState(): RulesState {
  return {
    v: 3,
    camera: null,
    clock: null,
    tracks: [],
    nextTrackId: 1,
    presences: [],
    nextPresenceKey: 1,
    memories: [],
    rules: [],
    counters: {
      batches: 0,
      duplicateBatches: 0,
      lateBatches: 0,
      foreignBatches: 0,
      brokenBatches: 0,
      holes: 0,
      clockJumpsBack: 0,
      clockJumpsForward: 0,
      viewBatches: 0,
      tracksOverflowed: 0,
      presencesOverflowed: 0,
      raised: 0,
      suppressed: { congestion: 0, permitted: 0, view: 0, cap: 0, duplicate: 0 },
    },
  };
}

/** A state as it was saved. One that an older version of the program left cannot be gone on from: `null`. */
export function reviveRulesState(saved: RulesState | { readonly v: number }): RulesState | null {
  return saved.v === 3 ? (saved as RulesState) : null;
}
