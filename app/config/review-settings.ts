import { type Static, Type } from 'typebox';
import type { ReviewSettings } from '../../api/mod.ts';
import { durationPattern, parseDuration, type SchemaIssue } from '../../domain/mod.ts';

const toDuration = (description: string) =>
  Type.Optional(
    Type.String({ pattern: durationPattern, description: `${description}, such as 30s, 10m, 1h30m` }),
  );

export const ReviewEntry = Type.Object(
  {
    lease: toDuration('How long whoever opens a candidate has it, until renewed; default 3m'),
    undoWindow: toDuration('How long a decision may be taken back before anything comes of it; default 8s'),
    grace: toDuration('From a reminder to the second look; default 10m'),
    mergeGap: toDuration('Between two stays that a reviewer may merge, at most; default 30m'),
    managementLimit: toDuration('In the queue until escalated, and as long again until expired; default 30m'),
    evidenceLimit: toDuration('For what a reviewer asked for to come; default 24h'),
    penaltyLimitWorkDays: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 30,
        description: 'For the second person on the penalty track; default 5',
      }),
    ),
    blindShare: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description:
          'Share of first decisions that a second person decides again without knowing; default 0.05',
      }),
    ),
  },
  { additionalProperties: false, description: 'Times and shares of review' },
);
type ReviewEntry = Static<typeof ReviewEntry>;

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** The settings that are durations, and between which bounds they make sense. */
const durations = [
  { field: 'lease', setting: 'leaseMs', leastMs: 30 * secondMs, mostMs: hourMs },
  { field: 'undoWindow', setting: 'undoWindowMs', leastMs: 0, mostMs: 5 * minuteMs },
  { field: 'grace', setting: 'graceMs', leastMs: minuteMs, mostMs: 24 * hourMs },
  { field: 'mergeGap', setting: 'mergeGapMs', leastMs: 0, mostMs: 24 * hourMs },
  { field: 'managementLimit', setting: 'managementLimitMs', leastMs: minuteMs, mostMs: 7 * 24 * hourMs },
  { field: 'evidenceLimit', setting: 'evidenceLimitMs', leastMs: minuteMs, mostMs: 30 * 24 * hourMs },
] as const;

/** What no schema says of the review's times: those that are out of bounds. */
export function findReviewIssues(entry: ReviewEntry | undefined): SchemaIssue[] {
  return durations.flatMap(({ field, leastMs, mostMs }) => {
    const text = entry?.[field];
    const ms = text === undefined ? null : parseDuration(text);
    if (ms === null || (ms >= leastMs && ms <= mostMs)) return [];
    const message = `${text} is not between ${leastMs / secondMs} s and ${mostMs / secondMs} s`;
    return [{ path: ['review', field], message }];
  });
}

/** What the file says; the rest is as by default. */
export function toReviewSettings(entry: ReviewEntry | undefined): Partial<ReviewSettings> {
  const given = durations.flatMap(({ field, setting }) => {
    const text = entry?.[field];
    const ms = text === undefined ? null : parseDuration(text);
    return ms === null ? [] : [[setting, ms] as const];
  });
  return {
    ...Object.fromEntries(given),
    ...(entry?.penaltyLimitWorkDays !== undefined && { penaltyLimitWorkDays: entry.penaltyLimitWorkDays }),
    ...(entry?.blindShare !== undefined && { blindShare: entry.blindShare }),
  };
}
