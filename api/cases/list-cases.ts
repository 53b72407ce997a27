import { sql } from 'kysely';
import type { CaseState } from '../../domain/mod.ts';
import { matchReach } from '../auth/reach.ts';
import type { User } from '../auth/user.ts';
import { isKeptFrom } from '../candidates/blind-sight.ts';
import type { ConsoleContext } from '../context.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { selectCases } from './case-query.ts';
import { loadClock } from './find-case.ts';
import type { CaseSummary } from './schema.ts';
import { toCaseSummary } from './view.ts';

export interface CaseFilter {
  readonly states: readonly CaseState[] | null;
  /** A unit's id, or `mine`. */
  readonly unit: string | null;
  readonly limit: number;
  readonly cursor: string | null;
}

export interface CasePage {
  items: CaseSummary[];
  total: number;
  nextCursor: string | null;
}

/** A page of cases, newest first. Who is confined to a unit or to grids sees those only; somebody without a unit has none of their own. */
export async function listCases(context: ConsoleContext, filter: CaseFilter, user: User): Promise<CasePage> {
  const { db } = context;
  const ownUnit = user.unit?.id ?? '';
  const unit = filter.unit === 'mine' ? ownUnit : filter.unit;
  const isWanted = sql<boolean>`(${filter.states}::text[] is null or case_file.state = any(${filter.states}))
    and (${unit}::text is null or case_file.unit_id = ${unit}) and ${matchReach(user)}
    and not ${isKeptFrom(user, sql`case_file.candidate_id`)}`;
  const { total } = await db
    .selectFrom('case_file')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where(isWanted)
    .executeTakeFirstOrThrow();
  let query = selectCases(db).where(isWanted);
  if (filter.cursor !== null) {
    const [createdAtMs, caseNo] = decodeCursor(filter.cursor, ['number', 'string']);
    query = query.where(
      sql<boolean>`(case_file.created_at, case_file.case_no) < (${new Date(Number(createdAtMs))}::timestamptz, ${caseNo}::text)`,
    );
  }
  const rows = await query
    .orderBy('case_file.created_at', 'desc')
    .orderBy('case_file.case_no', 'desc')
    .limit(filter.limit + 1)
    .execute();
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  const clock = await loadClock(context, db, page);
  return {
    items: page.map((row) => toCaseSummary(row, user, clock)),
    total,
    nextCursor:
      rows.length <= filter.limit || last === undefined
        ? null
        : encodeCursor([last.created_at.getTime(), last.case_no]),
  };
}
