import type { Rule } from '../domain/mod.ts';
import type { Presence } from './presence.ts';
import type { ClockState } from './sample-clock.ts';
import type { Track } from './track.ts';

/** What the fold met that it did not use, and what it had to let go. */
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
  readonly tracksOverflowed: number;
  readonly presencesOverflowed: number;
}

/** All that the rules know of one camera. Plain JSON, bounded: the checkpoint. */
export interface RulesState {
  readonly v: 1;
  /** `null` before the first batch. */
  readonly camera: string | null;
  readonly clock: ClockState | null;
  readonly tracks: readonly Track[];
  readonly nextTrackId: number;
  readonly presences: readonly Presence[];
  readonly nextPresenceKey: number;
  /** The rules as of the last batch: a stay ends under the rule it was opened under when that rule is gone. */
  readonly rules: readonly Rule[];
  readonly counters: RulesCounters;
}

export function createRulesState(): RulesState {
  return {
    v: 1,
    camera: null,
    clock: null,
    tracks: [],
    nextTrackId: 1,
    presences: [],
    nextPresenceKey: 1,
    rules: [],
    counters: {
      batches: 0,
      duplicateBatches: 0,
      lateBatches: 0,
      foreignBatches: 0,
      brokenBatches: 0,
      holes: 0,
      tracksOverflowed: 0,
      presencesOverflowed: 0,
    },
  };
}
