import { type Static, Type } from 'typebox';
import type { CaseSettings } from '../../api/mod.ts';
import { durationPattern, parseDuration, type SchemaIssue } from '../../domain/mod.ts';

export const CasesEntry = Type.Object(
  {
    mergeDistanceM: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 1000,
        description: 'How far apart two cases may be to be merged, metres; default 50',
      }),
    ),
    mergeWithin: Type.Optional(
      Type.String({
        pattern: durationPattern,
        description: 'How long apart they may be reported, such as 24h; default 24h',
      }),
    ),
  },
  { additionalProperties: false, description: 'How near cases must be to be one' },
);
type CasesEntry = Static<typeof CasesEntry>;

const hourMs = 3_600_000;
const leastMs = hourMs / 60;
const mostMs = 30 * 24 * hourMs;

/** What no schema says: a time that is out of bounds. */
export function findCaseIssues(entry: CasesEntry | undefined): SchemaIssue[] {
  const ms = readMergeWithin(entry);
  if (ms === null || (ms >= leastMs && ms <= mostMs)) return [];
  return [
    { path: ['cases', 'mergeWithin'], message: `${entry?.mergeWithin} is not between 1 minute and 30 days` },
  ];
}

/** What the file says; the rest is as by default. */
export function toCaseSettings(entry: CasesEntry | undefined): Partial<CaseSettings> {
  const ms = readMergeWithin(entry);
  return {
    ...(entry?.mergeDistanceM !== undefined && { mergeWithinM: entry.mergeDistanceM }),
    ...(ms !== null && { mergeWithinMs: ms }),
  };
}

function readMergeWithin(entry: CasesEntry | undefined): number | null {
  return entry?.mergeWithin === undefined ? null : parseDuration(entry.mergeWithin);
}
