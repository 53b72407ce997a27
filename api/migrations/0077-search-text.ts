import { type Kysely, sql } from 'kysely';

/**
 * Text is compared without blanks, in small letters and in one width (`１２` is `12`, an ideographic space is a blank). The function of
 * before took out every letter s instead of the blanks, so a place that was asked for with other blanks was not found.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create or replace function search_text(value text) returns text language sql immutable parallel safe as $$
      select lower(regexp_replace(normalize(value, NFKC), '[[:space:]]+', '', 'g')) $$`.execute(db);
  await sql`
    update case_text set body = fresh.body
    from (
      select case_no, search_text(concat_ws(' / ', address, description)) as body from case_file
      where address is not null or description is not null
    ) fresh
    where fresh.case_no = case_text.case_no and fresh.body <> case_text.body`.execute(db);
}
