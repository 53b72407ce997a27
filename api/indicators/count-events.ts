import { type RawBuilder, sql } from 'kysely';
import { type CountName, fromLocalTime, toLocalTime } from '../../domain/mod.ts';
import type { Database, DatabaseTransaction } from '../database/tables.ts';
import { atomKeys, type Dimension, isOf, selectAtoms } from './case-atoms.ts';
import { selectCandidates } from './count-candidates.ts';
import { readByIndex } from './read-by-index.ts';

export interface Counted {
  /** `null` where the dimension does not apply: a case without a grid, a step before dispatch without a unit. */
  readonly key: string | null;
  readonly name: CountName;
  readonly count: number;
}

export interface CountQuery {
  readonly fromMs: number;
  /** Not part of the period. Nothing that happened later is looked at. */
  readonly toMs: number;
  readonly by: Dimension;
  /** Only this key, if any: what somebody sees who may see only their own. */
  readonly only: string | null;
  readonly timeZone: string;
  /** What has not been yet is not counted. */
  readonly nowMs: number;
}

/** A case that lives longer is in an index of its own. */
const longLife = sql.raw(`interval '168 hours'`);
const minuteMs = 60_000;

/**
 * Counts the flow records of a period as they stood at its end: the same period gives the same figures whenever it is asked for.
 * Whole days are summed from the tallies of ended cases; what these do not know, or know too late (a case that went on after
 * the period), is counted from its records, and taken off the tallies where it is in them.
 */
export async function countEvents(db: Database, query: CountQuery): Promise<Counted[]> {
  // One picture of the flow for all readings.
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      // No compiling of a query that runs once, and room to sort a year in memory.
      await sql`set local jit = off`.execute(trx);
      await sql`set local work_mem = '64MB'`.execute(trx);
      await sql`set local statement_timeout = '15s'`.execute(trx);
      const sums = new Sums();
      if (isWholeDays(query)) {
        sums.add(await readTallies(trx, query), 1);
        const apart = await readByIndex(trx, selectApart(query));
        sums.add(await readCases(trx, query, apart.map(wholly), query.toMs), 1);
        // What the tallies know of these: each as the tallies counted it.
        const told = apart.filter(({ records }) => records !== null);
        sums.add(await readCases(trx, query, told, null), -1);
      } else {
        const alive = await readByIndex(trx, selectAlive(query));
        sums.add(await readCases(trx, query, alive, query.toMs), 1);
      }
      const { rows } = await sql<{
        key: string | null;
        counts: Record<string, number>;
      }>`${selectCandidates(query)}`.execute(trx);
      for (const { key, counts } of rows)
        for (const [name, n] of Object.entries(counts))
          sums.add([{ key: key ?? '', name, member: '', day: null, n }], 1);
      return sums.list().filter(({ key }) => query.only === null || key === query.only);
    });
}

interface Sum {
  readonly key: string;
  readonly name: string;
  /** Of what is counted by different ones: who, and on which day. */
  readonly member: string;
  readonly day: string | null;
  readonly n: number;
}

/** Sums by key and name; where members are told apart, how many of them are left. */
class Sums {
  readonly #byPlace = new Map<
    string,
    { readonly key: string; readonly name: string; readonly isMember: boolean; n: number }
  >();

  add(sums: readonly Sum[], sign: 1 | -1): void {
    for (const { key, name, member, day, n } of sums) {
      const place = JSON.stringify([key, name, member, day]);
      const known = this.#byPlace.get(place) ?? { key, name, isMember: member !== '', n: 0 };
      known.n += sign * n;
      this.#byPlace.set(place, known);
    }
  }

  list(): Counted[] {
    const counts = new Map<string, Map<string, number>>();
    for (const { key, name, isMember, n } of this.#byPlace.values()) {
      const ofKey = counts.get(key) ?? new Map<string, number>();
      const own = isMember ? Math.sign(n) : name.startsWith('minutes') ? n / minuteMs : n;
      ofKey.set(name, (ofKey.get(name) ?? 0) + own);
      counts.set(key, ofKey);
    }
    return [...counts].flatMap(([key, ofKey]) =>
      [...ofKey]
        .filter(([, count]) => count !== 0)
        .map(([name, count]) => ({ key: key === '' ? null : key, name: name as CountName, count })),
    );
  }
}

function isWholeDays({ fromMs, toMs, timeZone }: CountQuery): boolean {
  return [fromMs, toMs].every((ms) => fromLocalTime(toLocalTime(ms, timeZone).date, 0, timeZone) === ms);
}

async function readTallies(
  trx: DatabaseTransaction,
  { fromMs, toMs, by, only, timeZone }: CountQuery,
): Promise<Sum[]> {
  const [from, to] = [fromMs, toMs].map((ms) => toLocalTime(ms, timeZone).date);
  const { rows } = await sql<Sum>`
    select key, name, member, case when name = 'collectorDays' then day::text end as day, sum(n)::bigint as n from indicator_tally
    where dimension = ${by} and day >= ${from}::date and day < ${to}::date and since_day < ${from}::date
      and (${only}::text is null or key = ${only})
    group by 1, 2, 3, 4`.execute(trx);
  return rows;
}

interface ChosenCase {
  readonly case_no: string;
  /** How many of its records are looked at; `null`: all. */
  readonly records: number | null;
}

function wholly({ case_no }: ChosenCase): ChosenCase {
  return { case_no, records: null };
}

/**
 * From the records of some cases, as they stood at `asOfMs`. They are chosen beforehand: how many there are decides how their records are
 * best read, and the planner cannot guess it.
 */
async function readCases(
  trx: DatabaseTransaction,
  { fromMs, toMs, by, timeZone }: CountQuery,
  chosen: readonly ChosenCase[],
  asOfMs: number | null,
): Promise<Sum[]> {
  if (chosen.length === 0) return [];
  const { key, since } = atomKeys[by];
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  const listed = sql`
    select * from unnest(${chosen.map((one) => one.case_no)}::text[], ${chosen.map((one) => one.records)}::int[]) listed (case_no, records)`;
  const { rows } = await sql<Sum>`
    with ${selectAtoms({ cases: listed, toMs: asOfMs })}
    select coalesce(${key}, '') as key, name, member, case when name = 'collectorDays' then (at at time zone ${timeZone})::date::text end as day,
      sum(n)::bigint as n
    from atom join file using (case_no) where at >= ${from} and at < ${to} and (${since} is null or ${since} < ${from}) and ${isOf(sql`${by}::text`)}
    group by 1, 2, 3, 4`.execute(trx);
  return rows;
}

/** Cases that the tallies do not know, or not as they stood at the period's end, with how many of their records the tallies have. */
function selectApart({ fromMs, toMs }: CountQuery): RawBuilder<ChosenCase> {
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  return sql<ChosenCase>`
    select case_no, tallied as records from case_life where tallied is distinct from records and created_at < ${to}
      and (tallied is not null or not is_ended or last_at >= ${from})
    union all
    select case_no, tallied from (${selectGoneOn(to)}) later`;
}

/** Told cases that lived beyond a moment: begun in the week before it, or among the few that live long. */
function selectGoneOn(at: Date): RawBuilder<unknown> {
  return sql`
    select case_no, tallied from case_life
    where created_at >= ${at}::timestamptz - ${longLife} and created_at < ${at} and last_at >= ${at} and tallied = records
    union all
    select case_no, tallied from case_life
    where created_at < ${at}::timestamptz - ${longLife} and last_at >= ${at} and last_at - created_at >= ${longLife} and tallied = records`;
}

/** All cases that have a record in the period or were open in it. */
function selectAlive({ fromMs, toMs }: CountQuery): RawBuilder<ChosenCase> {
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  return sql<ChosenCase>`
    select case_no, null::int as records from case_life
    where created_at >= ${from}::timestamptz - ${longLife} and created_at < ${to} and (last_at >= ${from} or not is_ended)
    union all
    select case_no, null from case_life
    where created_at < ${from}::timestamptz - ${longLife} and last_at >= ${from} and last_at - created_at >= ${longLife}
    union all
    select case_no, null from case_life
    where created_at < ${from}::timestamptz - ${longLife} and last_at < ${from} and not is_ended`;
}
