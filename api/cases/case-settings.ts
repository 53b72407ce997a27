/** What a city sets of its cases. */
export interface CaseSettings {
  /** How far apart two cases may be, at most, to be one: metres. */
  readonly mergeWithinM: number;
  /** How long after the other one may be reported. */
  readonly mergeWithinMs: number;
}

/** One street, one day: what is farther apart is another act. */
export const defaultCaseSettings: CaseSettings = { mergeWithinM: 50, mergeWithinMs: 24 * 3_600_000 };
