import { type RawBuilder, sql } from 'kysely';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database } from '../database/tables.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { type CaseFilter, toCaseConditions } from './case-filter.ts';
import { selectCases } from './case-query.ts';
import { loadClock } from './find-case.ts';
import type { CaseSummary } from './schema.ts';
import { toCaseSummary } from './view.ts';

export interface CasePage {
  items: CaseSummary[];
  total: number;
  totalIsMinimum: boolean;
  nextCursor: string | null;
}

/** Up to here a list says how many there are; beyond, that there are more. Nobody reads on, and counting a million takes its time. */
const countedUpTo = 1000;
/** A time that no case has, for those without a deadline: they come last. */
const never = sql`'infinity'::timestamptz`;

/** A page of cases, newest first or most pressing first. */
export async function listCases(
  context: ConsoleContext,
  filter: CaseFilter & { readonly limit: number; readonly cursor: string | null },
  user: User,
): Promise<CasePage> {
  const { db } = context;
  const isWanted = toCaseConditions(filter, user, context.nowMs());
  const [keys, { total, isMinimum }] = await Promise.all([
    listKeys(db, filter, isWanted),
    countCases(db, isWanted),
  ]);
  const page = keys.slice(0, filter.limit);
  const rows =
    page.length === 0
      ? []
      : await selectCases(db)
          .where(
            'case_file.case_no',
            'in',
            page.map((key) => key.caseNo),
          )
          .execute();
  const byNo = new Map(rows.map((row) => [row.case_no, row]));
  const clock = await loadClock(context, db, rows);
  const last = page.at(-1);
  return {
    items: page.flatMap(({ caseNo }) => {
      const row = byNo.get(caseNo);
      return row === undefined ? [] : toCaseSummary(row, user, clock);
    }),
    total,
    totalIsMinimum: isMinimum,
    nextCursor:
      keys.length <= filter.limit || last === undefined ? null : encodeCursor([last.atMs, last.caseNo]),
  };
}

interface Key {
  readonly caseNo: string;
  /** When it was made, or its deadline; 0 for none. */
  readonly atMs: number;
}

/** The numbers of a page and of one case behind it, read from indexes alone where these have all that is asked for. */
async function listKeys(
  db: Database,
  {
    sort,
    limit,
    cursor,
  }: { readonly sort: CaseFilter['sort']; readonly limit: number; readonly cursor: string | null },
  isWanted: RawBuilder<boolean>,
): Promise<Key[]> {
  const isByDeadline = sort === 'deadline';
  const key = isByDeadline
    ? sql`coalesce(case_file.deadline, 'infinity'), case_file.case_no`
    : sql`case_file.created_at, case_file.case_no`;
  const parts = [isWanted];
  if (cursor !== null) {
    const [atMs, caseNo] = decodeCursor(cursor, ['number', 'string']);
    const at = isByDeadline && atMs === 0 ? never : sql`${new Date(Number(atMs))}::timestamptz`;
    parts.push(sql`(${key}) ${sql.raw(isByDeadline ? '>' : '<')} (${at}, ${caseNo}::text)`);
  }
  const { rows } = await sql<{ case_no: string; at: Date | null }>`
    select case_file.case_no, ${isByDeadline ? sql`case_file.deadline` : sql`case_file.created_at`} as at from case_file
    where ${sql.join(parts, sql` and `)}
    order by ${isByDeadline ? key : sql`case_file.created_at desc, case_file.case_no desc`}
    limit ${limit + 1}`.execute(db);
  return rows.map(({ case_no: caseNo, at }) => ({ caseNo, atMs: at?.getTime() ?? 0 }));
}

async function countCases(
  db: Database,
  isWanted: RawBuilder<boolean>,
): Promise<{ readonly total: number; readonly isMinimum: boolean }> {
  const { rows } = await sql<{ total: number }>`
    select count(*) as total from (select from case_file where ${isWanted} limit ${countedUpTo + 1}) found`.execute(
    db,
  );
  const total = rows[0]?.total ?? 0;
  return { total: Math.min(total, countedUpTo), isMinimum: total > countedUpTo };
}
