import { type RawBuilder, sql } from 'kysely';
import type { ConsoleContext } from '../context.ts';
import type { Database, DatabaseTransaction } from '../database/tables.ts';
import { atomKeys, dimensions, isOf, selectAtoms } from './case-atoms.ts';
import { readByIndex } from './read-by-index.ts';

/** Cases that ended less long ago may well be touched again: they are counted when somebody asks. */
const restMs = 3_600_000;
const casesPerTurn = 5000;
const statementTimeoutS = 60;

/**
 * Adds cases that have ended to the figures of their days, some thousands in a turn; those that have gone on since are taken out first.
 * Whether a case is in them is written in the same transaction, and one console at a time does this: nothing is counted twice.
 * Resolves to the number of cases.
 */
async function keepTallies({ db, timeZone, nowMs }: ConsoleContext): Promise<number> {
  const restedAt = new Date(nowMs() - restMs);
  return db.transaction().execute(async (trx) => {
    await sql`select set_config('statement_timeout', ${`${statementTimeoutS}s`}, true), set_config('jit', 'off', true)`.execute(
      trx,
    );
    const { rows } = await sql<{ isFree: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended('xunjie indicator tallies', 0)) as "isFree"`.execute(
      trx,
    );
    if (rows[0]?.isFree !== true) return 0;
    await keepZone(trx, timeZone);
    const changed = await chooseCases(
      trx,
      sql`tallied is not null and tallied <> records and is_ended and last_at < ${restedAt}`,
    );
    if (changed.length > 0) {
      await addAtoms(
        trx,
        sql`select case_no, tallied as records from case_life where case_no = any(${changed})`,
        timeZone,
        -1,
      );
      await sql`update case_life set tallied = null where case_no = any(${changed})`.execute(trx);
    }
    const ended = await chooseCases(trx, sql`tallied is null and is_ended and last_at < ${restedAt}`);
    if (ended.length > 0) {
      await addAtoms(
        trx,
        sql`select case_no, records from case_life where case_no = any(${ended})`,
        timeZone,
        1,
      );
      await sql`update case_life set tallied = records where case_no = any(${ended})`.execute(trx);
    }
    return changed.length + ended.length;
  });
}

/** Turn after turn until none waits: the first start on a large database takes minutes. */
export async function keepAllTallies(context: ConsoleContext, isClosing: () => boolean): Promise<number> {
  let done = 0;
  for (let added = -1; added !== 0 && !isClosing(); done += Math.max(0, added))
    added = await keepTallies(context);
  return done;
}

/** Locked, so that none goes on while it is counted. */
async function chooseCases(trx: DatabaseTransaction, isWanted: RawBuilder<unknown>): Promise<string[]> {
  const rows = await readByIndex(
    trx,
    sql<{ case_no: string }>`
    select case_no from case_life where tallied is distinct from records and ${isWanted}
    order by created_at limit ${casesPerTurn} for update skip locked`,
  );
  return rows.map((row) => row.case_no);
}

async function addAtoms(
  trx: DatabaseTransaction,
  cases: RawBuilder<unknown>,
  timeZone: string,
  sign: 1 | -1,
): Promise<void> {
  const toDay = (column: string) => sql`(${sql.ref(column)} at time zone ${timeZone})::date`;
  const ways = dimensions.map(
    (dimension) =>
      sql`select ${sql.lit(dimension)} as dimension, ${atomKeys[dimension].key} as key, ${atomKeys[dimension].since} as since`,
  );
  await sql`
    with ${selectAtoms({ cases, toMs: null })},
    counted as (
      select dimension, ${toDay('at')} as day, coalesce(way.key, '') as key, name, coalesce(${toDay('way.since')}, '-infinity') as since_day,
        member, sum(n)::bigint as n
      from atom join file using (case_no) cross join lateral (${sql.join(ways, sql` union all `)}) way
      where ${isOf(sql`dimension`)}
      group by 1, 2, 3, 4, 5, 6
    )
    insert into indicator_tally as tally (dimension, day, key, name, since_day, member, n)
    select dimension, day, key, name, since_day, member, ${sql.lit(sign)} * n from counted
    on conflict (dimension, day, key, name, since_day, member) do update set n = tally.n + excluded.n`.execute(
    trx,
  );
}

/** Days are those of the configured time zone: with another one everything is counted anew. */
export async function keepZone(db: Database, timeZone: string): Promise<void> {
  const known = await db.selectFrom('indicator_zone').select('time_zone').executeTakeFirst();
  if (known?.time_zone === timeZone) return;
  if (known !== undefined) {
    await db.deleteFrom('indicator_tally').execute();
    await db.updateTable('case_life').set({ tallied: null }).where('tallied', 'is not', null).execute();
    await db.deleteFrom('indicator_zone').execute();
  }
  await db.insertInto('indicator_zone').values({ time_zone: timeZone }).execute();
}
