import { type Kysely, sql } from 'kysely';

/**
 * By person an omission, and the filing that it is a share of, counts under the collectors of the case's grid, whom the record of filing
 * names from now on. Records from before name none: there these figures are nobody's, and no longer those of whoever filed the case. What
 * such records have added to the tallies follows from the tallies themselves, so no case is counted anew.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    insert into indicator_tally (dimension, day, key, name, since_day, member, n)
    select dimension, day, case when dimension = 'person' then '' else key end, 'answerableFilings', since_day, member, sum(n)
    from indicator_tally where name = 'filed' group by 1, 2, 3, 4, 5, 6`.execute(db);
  await sql`
    with moved as (
      delete from indicator_tally where dimension = 'person' and name in ('possibleOmissions', 'omissions') returning *
    )
    insert into indicator_tally (dimension, day, key, name, since_day, member, n)
    select dimension, day, '', name, since_day, member, sum(n) from moved group by 1, 2, 4, 5, 6`.execute(db);
}
