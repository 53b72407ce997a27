import type { Point, Polygon } from './geometry.ts';
import type { ObjectClass } from './object-class.ts';
import type { Offence } from './offence.ts';
import type { Schedule } from './schedule.ts';

export interface Rule {
  readonly id: string;
  readonly offence: Offence;
  readonly zone: string;
  readonly polygon: Polygon;
  readonly classes: readonly ObjectClass[];
  readonly onsetMs: number;
  readonly legalMs: number;
  /** Longest time in view but unseen that a stay survives. */
  readonly gapMs: number;
  readonly minScore: number;
  /** Classes of the same families that the offence does not concern: they are followed and never become candidates. */
  readonly exempt: readonly ObjectClass[];
  /** Parts of the zone in which the offence is none, e.g. marked bays. */
  readonly exemptAreas: readonly Polygon[];
  /** `null`: always in force. */
  readonly schedule: Schedule | null;
  /** `null`: one stay is one candidate; otherwise another is raised each time the stay has gone on for this long. */
  readonly repeatMs: number | null;
  /** After the end of a candidate, what appears in its place within this time without having been seen to come is held for the same thing. */
  readonly cooldownMs: number;
  /** Candidates that may be raised within an hour; what is over waits. */
  readonly capPerHour: number;
  /** Whether vehicles that stand in a queue wait for it to go. */
  readonly congestion: 'suppress' | 'ignore';
  /** Name of the place in the city that the zone shows, where other cameras show it too; `null`: this camera alone. */
  readonly place: string | null;
}

/** Points of the picture (0-1) and where they lie on the ground, metres from any origin. At least four, no three on a line. */
export interface Ground {
  readonly points: readonly { readonly at: Point; readonly metres: Point }[];
  /** Picture to ground: row-major 3x3, applied to [x, y, 1]. */
  readonly toMetres: readonly number[];
}

/** The zones of one camera's picture and the rules that hold in them. */
export interface Scene {
  /** Kept with every candidate. */
  readonly version: string;
  /** IANA name: where the camera stands. */
  readonly timeZone: string;
  readonly zones: Readonly<Record<string, Polygon>>;
  readonly rules: readonly Rule[];
  /** The ground plane, where it has been measured. */
  readonly ground?: Ground;
  /** Whether zones that cover little of the picture are looked at by themselves; default `auto`. */
  readonly crops?: 'auto' | 'off';
}
