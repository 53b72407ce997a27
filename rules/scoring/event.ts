import type { Box, Offence } from '../../domain/mod.ts';

/** Something that truly happened: a thing stood in a zone, as people marked it. */
export interface TrueEvent {
  /** Name for messages. */
  readonly id: string;
  readonly camera: string;
  /** Rules that should have raised it. */
  readonly ruleIds: readonly string[];
  /** `null`: it was there before the log begins. */
  readonly fromMs: number | null;
  /** `null`: it is still there when the log ends. */
  readonly toMs: number | null;
  /** Where it stood, when that was marked. */
  readonly box: Box | null;
}

/** A candidate as raised by one rule. */
export interface Alarm {
  readonly id: string;
  readonly camera: string;
  readonly ruleId: string;
  readonly offence: Offence;
  readonly zone: string;
  readonly raisedAtMs: number;
  readonly legalMs: number;
  /** Where the thing was seen: first, middle, last. */
  readonly boxes: readonly Box[];
}

/** What was recorded of one camera, first to last sample. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}
