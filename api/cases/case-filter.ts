import { type RawBuilder, sql } from 'kysely';
import { type CaseState, type ClassScheme, caseStates, isOpenState, XunjieError } from '../../domain/mod.ts';
import { matchReach, matchUnits } from '../auth/reach.ts';
import type { User } from '../auth/user.ts';
import { isKeptFrom } from '../candidates/blind-sight.ts';

export const caseSorts = ['newest', 'deadline'] as const;

export interface CaseFilter {
  readonly states: readonly CaseState[] | null;
  /** A unit's id, or `mine`. */
  readonly unit: string | null;
  readonly grid: string | null;
  readonly class: { readonly scheme: ClassScheme | null; readonly code: string } | null;
  /** Only those whose unit has not replied and is late. */
  readonly isLate: boolean;
  /** In address or description. */
  readonly text: string | null;
  /** A case number, or its last digits. */
  readonly number: string | null;
  readonly sort: (typeof caseSorts)[number];
}

const allOpen = caseStates.filter(isOpenState);

/**
 * What a list asks for, as conditions that are written out: only what is asked for, states word by word, so that the planner sees which
 * of the indexes fits. Who is confined to a unit or to grids sees those only; somebody without a unit has none of their own. Text is
 * looked for apart: see `find-text.ts`.
 */
export function toCaseConditions(filter: CaseFilter, user: User, nowMs: number): RawBuilder<boolean> {
  const { unit, grid, number } = filter;
  const ownUnit = user.unit?.id ?? '';
  const parts: RawBuilder<unknown>[] = [
    matchReach(user),
    sql`not ${isKeptFrom(user, sql`case_file.candidate_id`)}`,
  ];
  const states = toStates(filter);
  if (states !== null)
    parts.push(sql`case_file.state in (${sql.join(states.map((state) => sql.lit(state)))})`);
  if (unit === 'mine') parts.push(matchUnits([ownUnit]));
  else if (unit !== null) parts.push(sql`case_file.unit_id = ${unit}`);
  if (grid !== null) parts.push(sql`case_file.grid_id = ${grid}`);
  if (filter.class !== null) {
    parts.push(sql`case_file.class_code = ${filter.class.code}`);
    if (filter.class.scheme !== null) parts.push(sql`case_file.class_scheme = ${filter.class.scheme}`);
  }
  if (filter.isLate)
    parts.push(sql`case_file.deadline < ${new Date(nowMs)} and case_file.disposed_at is null
      and case_file.ended_at is null and case_file.suspended_at is null and case_file.state <> 'merged'`);
  if (number !== null) parts.push(toNumberCondition(number));
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}

/** By deadline only what is open is listed: what has ended has none any more. */
function toStates({ states, sort }: CaseFilter): readonly CaseState[] | null {
  if (sort !== 'deadline') return states;
  if (states === null) return allOpen;
  const ended = states.find((state) => !isOpenState(state));
  if (ended !== undefined)
    throw new XunjieError('bad_request', `query.sort: by deadline only open cases are listed, not ${ended}`, {
      details: { field: 'query.sort' },
    });
  return states;
}

function toNumberCondition(number: string): RawBuilder<unknown> {
  const backwards = number.split('').toReversed().join('');
  return sql`reverse(case_file.case_no) like ${`${backwards}%`}`;
}
