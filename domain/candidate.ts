import type { ModelRef } from './detection.ts';
import type { Box, Polygon } from './geometry.ts';
import type { ObjectClass } from './object-class.ts';
import type { Offence } from './offence.ts';

/** A thing seen at one instant of a presence. */
export interface Sighting {
  readonly capturedAtMs: number;
  readonly ptsMs: number;
  readonly box: Box;
  readonly score: number;
}

/** How the time of a presence divides: the three add up to `dwellMs`. */
export interface DwellShares {
  /** Between two samples in both of which the thing was seen. */
  readonly seenMs: number;
  /** Not detected, but samples exist and the gap is within the rule's bound. */
  readonly bridgedMs: number;
  /** No sample, or hidden behind something else. */
  readonly unknownMs: number;
}

/** Why a stay that has reached the legal threshold is not raised. */
export const suppressionReasons = [
  /** It stands in a queue of traffic. */
  'congestion',
  /** What it does is allowed at this hour. */
  'permitted',
  /** The camera has moved, or sees nothing. */
  'view',
  /** The rule has raised as many as it may within an hour. */
  'cap',
  /** The same thing is a candidate already: seen again in its place, or by another camera of the same place. */
  'duplicate',
] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

export interface Suppression {
  readonly reason: SuppressionReason;
  /** Event time since when. */
  readonly sinceMs: number;
  /** The candidate that this one duplicates. */
  readonly duplicateOf: string | null;
  /** In words and numbers. */
  readonly explanation: string;
}

/** What the rules know of one stay of one thing in one zone. */
export interface CandidateFacts {
  /** Deterministic: the same stay under the same rule has the same id, whoever computes it, however often. */
  readonly id: string;
  readonly camera: string;
  readonly ruleId: string;
  readonly offence: Offence;
  readonly zone: string;
  readonly zonePolygon: Polygon;
  readonly class: ObjectClass;
  /** First sight at rest in the zone. */
  readonly presentSinceMs: number;
  /**
   * From when the stay counts: the first sight, unless the rule was not in force, the stay was permitted or in a queue until later.
   * Dwell, samples, scores and sightings below are those since then.
   */
  readonly fromMs: number;
  /** Last sight, once the stay has ended or its next round has begun; `null` while it lasts. */
  readonly toMs: number | null;
  readonly lastSeenMs: number;
  /** When the legal threshold was reached; `null` before. */
  readonly raisedAtMs: number | null;
  readonly dwellMs: number;
  readonly dwell: DwellShares;
  /** Samples in which it was seen, of those taken during the stay. */
  readonly samplesSeen: number;
  readonly samplesTaken: number;
  readonly longestGapMs: number;
  readonly meanScore: number;
  readonly onsetMs: number;
  readonly legalMs: number;
  readonly first: Sighting;
  /** The sighting nearest the middle of the stay so far. */
  readonly middle: Sighting;
  readonly last: Sighting;
  readonly clockErrorMs: number | null;
  readonly width: number;
  readonly height: number;
  readonly model: ModelRef | null;
  readonly sceneVersion: string;
  /** What keeps it from being raised; `null` when nothing does. */
  readonly suppressed: Suppression | null;
  /** 1, and one more for each time that the same stay was raised again under the rule's repeat policy; the round before ends with its last sight then. */
  readonly round: number;
  /** The candidate of the same stay's first round; `null` in the first. */
  readonly repeatOf: string | null;
  /** As the rule's: cameras that name the same place see the same things. */
  readonly place: string | null;
  /** Street vending by its signs (people staying around a thing at rest): how long somebody stayed with it; `null` for other candidates. */
  readonly attendedMs: number | null;
  /** Why it was raised, in words and numbers. */
  readonly explanation: string;
}

export type CandidateEventType = 'opened' | 'suppressed' | 'raised' | 'updated' | 'ended';

/** opened at onset, raised at legal or suppressed then (perhaps raised later), updated while it lasts, ended when it left. */
export interface CandidateEvent {
  readonly v: 1;
  readonly type: CandidateEventType;
  /** Event time (capture clock), milliseconds since the epoch. */
  readonly atMs: number;
  readonly candidate: CandidateFacts;
}
