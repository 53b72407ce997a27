import { type RawBuilder, sql } from 'kysely';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database } from '../database/tables.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { type CaseFilter, toCaseConditions } from './case-filter.ts';
import { selectCases } from './case-query.ts';
import { loadClock } from './find-case.ts';
import { glanceCases, glanceRare, hasText, readTextWindow, windowCases } from './find-text.ts';
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
  const order = toOrder(filter.sort);
  const isWanted = toCaseConditions(filter, user, context.nowMs());
  const { keys, total, isMinimum } = await (filter.text === null
    ? readPage(db, { ...filter, order, isWanted })
    : findPage(db, { ...filter, order, isWanted, text: filter.text }));
  const page = keys.slice(0, filter.limit);
  const rows =
    page.length === 0
      ? []
      : await selectCases(db)
          .where(sql<boolean>`case_file.case_no = any(${page.map((key) => key.caseNo)})`)
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

interface Order {
  /** What is shown of it: when a case was made, or its deadline. */
  readonly at: RawBuilder<unknown>;
  /** What cases are ordered by, and which way. */
  readonly key: RawBuilder<unknown>;
  readonly by: RawBuilder<unknown>;
  readonly isAscending: boolean;
}

interface PageWish {
  readonly order: Order;
  readonly limit: number;
  readonly cursor: string | null;
  readonly isWanted: RawBuilder<unknown>;
}

interface CountedKeys {
  readonly keys: readonly Key[];
  readonly total: number;
  readonly isMinimum: boolean;
}

function toOrder(sort: CaseFilter['sort']): Order {
  if (sort === 'newest')
    return {
      at: sql`case_file.created_at`,
      key: sql`case_file.created_at, case_file.case_no`,
      by: sql`case_file.created_at desc, case_file.case_no desc`,
      isAscending: false,
    };
  const key = sql`coalesce(case_file.deadline, 'infinity'), case_file.case_no`;
  return { at: sql`case_file.deadline`, key, by: key, isAscending: true };
}

/** All conditions, and from the cursor on. */
function beyondCursor({ order, cursor, isWanted }: PageWish): RawBuilder<unknown> {
  if (cursor === null) return isWanted;
  const [atMs, caseNo] = decodeCursor(cursor, ['number', 'string']);
  const at = order.isAscending && atMs === 0 ? never : sql`${new Date(Number(atMs))}::timestamptz`;
  return sql`${isWanted} and (${order.key}) ${sql.raw(order.isAscending ? '>' : '<')} (${at}, ${caseNo}::text)`;
}

async function readPage(db: Database, wish: PageWish): Promise<CountedKeys> {
  const [keys, counted] = await Promise.all([listKeys(db, wish), countCases(db, wish.isWanted)]);
  return { keys, ...counted };
}

/**
 * Where the first two thousand cases fill no page, the text is rare, and the index of pairs knows it at once; where hardly any of the
 * first few has it, that is clear before.
 */
async function findPage(db: Database, wish: PageWish & { readonly text: string }): Promise<CountedKeys> {
  const { order, limit, cursor, text } = wish;
  const window = { text, at: order.at, order: order.by, limit: limit + 1, cases: windowCases };
  const isIndexed = { ...wish, isWanted: sql`${wish.isWanted} and ${hasText(text)}` };
  const glance = await readTextWindow(db, { ...window, isWanted: wish.isWanted, cases: glanceCases });
  if (!glance.isWhole && glance.found <= glanceRare) return findRare(db, isIndexed);
  const [first, next] = await Promise.all([
    readTextWindow(db, { ...window, isWanted: wish.isWanted }),
    cursor === null ? null : readTextWindow(db, { ...window, isWanted: beyondCursor(wish) }),
  ]);
  if (!first.isWhole && first.found <= limit) return findRare(db, isIndexed);
  const { keys, found, isWhole } = next ?? first;
  return {
    keys: isWhole || found > limit ? keys.map(toKey) : await listKeys(db, isIndexed),
    total: Math.min(first.found, countedUpTo),
    isMinimum: !first.isWhole || first.found > countedUpTo,
  };
}

/** To ask the index costs more than to read what it finds: all that are counted come at once, and the page is one of them. */
async function findRare(db: Database, wish: PageWish): Promise<CountedKeys> {
  const { cursor, limit } = wish;
  const all = await listKeys(db, { ...wish, cursor: null, limit: countedUpTo });
  const isMinimum = all.length > countedUpTo;
  const counted = { total: Math.min(all.length, countedUpTo), isMinimum };
  if (cursor === null) return { keys: all.slice(0, limit + 1), ...counted };
  const [, caseNo] = decodeCursor(cursor, ['number', 'string']);
  const from = all.findIndex((key) => key.caseNo === caseNo) + 1;
  const isKnown = from > 0 && (!isMinimum || from + limit < all.length);
  return { keys: isKnown ? all.slice(from, from + limit + 1) : await listKeys(db, wish), ...counted };
}

/** The numbers of a page and of one case behind it, read from indexes alone where these have all that is asked for. */
async function listKeys(db: Database, wish: PageWish): Promise<Key[]> {
  const { rows } = await sql<{ case_no: string; at: Date | null }>`
    select case_file.case_no, ${wish.order.at} as at from case_file
    where ${beyondCursor(wish)} order by ${wish.order.by} limit ${wish.limit + 1}`.execute(db);
  return rows.map(toKey);
}

function toKey({ case_no: caseNo, at }: { readonly case_no: string; readonly at: Date | null }): Key {
  return { caseNo, atMs: at?.getTime() ?? 0 };
}

async function countCases(
  db: Database,
  isWanted: RawBuilder<unknown>,
): Promise<{ readonly total: number; readonly isMinimum: boolean }> {
  const { rows } = await sql<{ total: number }>`
    select count(*) as total from (select from case_file where ${isWanted} limit ${countedUpTo + 1}) found`.execute(
    db,
  );
  const total = rows[0]?.total ?? 0;
  return { total: Math.min(total, countedUpTo), isMinimum: total > countedUpTo };
}
