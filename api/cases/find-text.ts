import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database/tables.ts';

/** Cases that are read one after the other for a text before the index of pairs is asked. */
export const windowCases = 2000;
/** The first of them, and how many of these have a text that is rare: one that fills a page from two thousand has six. */
export const glanceCases = 250;
export const glanceRare = 2;

/** Cases with a text, found by reading some in their order. */
export interface TextWindow {
  readonly keys: { readonly case_no: string; readonly at: Date | null }[];
  /** How many of those that were read have the text. */
  readonly found: number;
  /** No case was left to read: nothing else has the text. */
  readonly isWhole: boolean;
}

/**
 * Reads the first of the cases that are asked for and keeps those with the text. A word that every fortieth case has fills a
 * page from these; the index would have to gather all of them, hundreds of thousands, before the newest could be told.
 */
export async function readTextWindow(
  db: Database,
  asked: {
    readonly text: string;
    readonly isWanted: RawBuilder<unknown>;
    readonly at: RawBuilder<unknown>;
    readonly order: RawBuilder<unknown>;
    /** Most cases that are told. */
    readonly limit: number;
    /** Most cases that are read. */
    readonly cases: number;
  },
): Promise<TextWindow> {
  const { rows } = await sql<{ case_no: string | null; at: Date | null; found: number; looked: number }>`
    with read as materialized (
      select case_file.case_no, ${asked.at} as at, row_number() over (order by ${asked.order}) as place from case_file
      where ${asked.isWanted} order by ${asked.order} limit ${asked.cases}
    ), kept as materialized (
      -- The offset keeps the planner from reading a million texts to join two thousand.
      select read.* from read cross join lateral (
        select from case_text where case_text.case_no = read.case_no
          and strpos(case_text.body, search_text(${asked.text})) > 0 offset 0) has_text
    )
    select page.case_no, page.at, (select count(*) from kept) as found, (select count(*) from read) as looked
    from (values (1)) one left join (select * from kept order by place limit ${asked.limit}) page on true
    order by page.place`.execute(db);
  return {
    keys: rows.flatMap(({ case_no, at }) => (case_no === null ? [] : { case_no, at })),
    found: rows[0]?.found ?? 0,
    isWhole: (rows[0]?.looked ?? 0) < asked.cases,
  };
}

/** The pairs of characters find the few that may have the text, the text itself decides. */
export function hasText(text: string): RawBuilder<unknown> {
  return sql`exists (
    select from case_text where case_text.case_no = case_file.case_no
      and case_text.pairs @> character_pairs(search_text(${text}))
      and strpos(case_text.body, search_text(${text})) > 0)`;
}
