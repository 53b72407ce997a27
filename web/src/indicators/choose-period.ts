import type { Role } from '../../../domain/mod.ts';
import { type Dimension, dimensions, type IndicatorQuestion } from '../api/indicators.ts';
import type { User } from '../api/types.ts';
import { toNextMinute } from '../format/server-clock.ts';
import { type PeriodName, periods, toCustomPeriod, toPeriod } from './period.ts';

/** What the address of the page says. */
export interface Chosen {
  readonly period: PeriodName;
  readonly first: string;
  readonly last: string;
  readonly by: Dimension;
}

/** Posts that see everybody's figures; the server decides, this only spares them a refusal. */
const overseers: readonly Role[] = ['shift_leader', 'commander', 'clerk', 'legal_reviewer', 'auditor'];

export function seesAll(user: User): boolean {
  return user.roles.some((role) => overseers.includes(role));
}

/** The dimensions in which this user may see figures: all, or those where there is something of their own. */
export function listDimensions(user: User): readonly Dimension[] {
  if (seesAll(user)) return dimensions;
  return user.roles.includes('officer') && user.unit !== null ? ['unit', 'person'] : ['person'];
}

export function readChosen(search: URLSearchParams, user: User): Chosen {
  const allowed = listDimensions(user);
  return {
    period: periods.find((name) => name === search.get('period')) ?? 'month',
    first: search.get('first') ?? '',
    last: search.get('last') ?? '',
    by: allowed.find((name) => name === search.get('by')) ?? allowed[0] ?? 'person',
  };
}

/**
 * `null` while the time is not known, or while the dates make no period. What falls due later today is nobody's yet: a period that is
 * not over ends now, at the end of this minute.
 */
export function toQuestion(
  { period, first, last, by }: Chosen,
  now: string | undefined,
): IndicatorQuestion | null {
  if (now === undefined) return null;
  const today = now.slice(0, 10);
  const span = period === 'custom' ? toCustomPeriod(first, last) : toPeriod(period, today);
  if (span === null) return null;
  const isRunning = span.from <= today && span.to > today;
  return { from: span.from, to: isRunning ? toNextMinute(now) : span.to, by };
}
