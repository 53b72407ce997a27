/** The times and shares of review, as a city sets them. */
export interface ReviewSettings {
  /** How long whoever opens a candidate has it, until renewed. */
  readonly leaseMs: number;
  /** After a decision, before anything comes of it. */
  readonly undoWindowMs: number;
  /** Share of first decisions that a second person decides again without knowing, 0-1. */
  readonly blindShare: number;
  /** In the queue until escalated, and as long again until expired. */
  readonly managementLimitMs: number;
  /** The same for a second review on the penalty track (审核 within 5 working days, 处理程序规定 19). */
  readonly penaltyLimitWorkDays: number;
  /** For what a reviewer asked for to come. */
  readonly evidenceLimitMs: number;
  /** Between two stays that a reviewer may merge into one, at most. */
  readonly mergeGapMs: number;
  /** From a reminder to the second look, where the reviewer names no other. */
  readonly graceMs: number;
}

const minuteMs = 60_000;

export const defaultReviewSettings: ReviewSettings = {
  leaseMs: 3 * minuteMs,
  undoWindowMs: 8_000,
  blindShare: 0.05,
  managementLimitMs: 30 * minuteMs,
  penaltyLimitWorkDays: 5,
  evidenceLimitMs: 24 * 60 * minuteMs,
  mergeGapMs: 30 * minuteMs,
  graceMs: 10 * minuteMs,
};
