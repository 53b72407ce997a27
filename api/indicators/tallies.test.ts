import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CountName } from '../../domain/mod.ts';
import { type CaseDriver, createCaseDriver } from '../../test/support/case-driver.ts';
import { openTestConsole, readReply, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { up } from '../migrations/0080-answerable-filings.ts';
import { dimensions } from './case-atoms.ts';

interface Figures {
  readonly rows: readonly {
    readonly key: string | null;
    readonly counts: Readonly<Record<CountName, number>>;
    readonly indicators: readonly { readonly name: string; readonly text: string }[];
    readonly scores: readonly { readonly name: string; readonly value: number | null }[];
  }[];
}

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let driver: CaseDriver;
let url: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  driver = createCaseDriver(tested, sql);
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

const setClock = (text: string) => {
  tested.clock.nowMs = Date.parse(`${text.replace(' ', 'T')}:00+08:00`);
};
const parking = { source: 'public', offence: 'sidewalk_parking' } as const;
const periods = [
  ['2021-03-01', '2021-03-08'],
  ['2021-03-01', '2021-03-02'],
  ['2021-03-02', '2021-03-04'],
  ['2021-03-03', '2021-03-10'],
  ['2021-03-01', '2021-04-01'],
] as const;

/** The figures of every period by every dimension; `shiftMs` makes the ends no midnights, so that nothing comes from the tallies. */
async function askAll(shiftMs: number): Promise<unknown[]> {
  const user = await driver.user('commander-01');
  const asked: unknown[] = [];
  for (const [from, to] of periods)
    for (const by of dimensions) {
      const toText = (day: string) =>
        shiftMs === 0 ? day : new Date(Date.parse(`${day}T00:00:00+08:00`) + shiftMs).toISOString();
      const reply = await user.get(`/api/indicators?from=${toText(from)}&to=${toText(to)}&by=${by}`);
      const { rows } = readReply<{ rows: { key: string | null; counts: object }[] }>(reply);
      asked.push([
        from,
        to,
        by,
        rows
          .map(({ key, counts }) => ({ key, counts }))
          .toSorted((a, b) => String(a.key).localeCompare(String(b.key))),
      ]);
    }
  return asked;
}

async function close(caseNo: string): Promise<void> {
  await driver.act('intake-01', caseNo, 'send_check');
  await driver.act('collector-01', caseNo, 'check_pass');
  await driver.act('shift-leader-01', caseNo, 'close');
}

async function countTallied(): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    'select count(*)::int as n from case_life where tallied = records',
  );
  return rows[0]?.n ?? 0;
}

test('whole days from the tallies are what the records themselves say, however long after and whatever follows', async () => {
  setClock('2021-03-01 10:00');
  const first = await driver.toDisposal(parking);
  await driver.act('squad-01', first.caseNo, 'dispose');
  await close(first.caseNo);
  const refused = await driver.report({ source: 'collector', offence: 'clutter' });
  await driver.act('intake-01', refused.caseNo, 'refuse', { reason: 'x' });
  // Dispatched on two days, to two units, checked twice, closed on the next.
  const wandering = await driver.toDisposal(parking);
  setClock('2021-03-02 10:00');
  await driver.act('dispatcher-01', wandering.caseNo, 'return', { reason: 'wrong unit' });
  await driver.act('dispatcher-01', wandering.caseNo, 'dispatch', { unit: 'huling-squad' });
  await driver.act('squad-01', wandering.caseNo, 'receive');
  await driver.act('squad-01', wandering.caseNo, 'dispose');
  await driver.act('intake-01', wandering.caseNo, 'send_check');
  await driver.act('collector-01', wandering.caseNo, 'check_fail', { reason: 'still there' });
  setClock('2021-03-03 10:00');
  await driver.act('squad-01', wandering.caseNo, 'dispose');
  await close(wandering.caseNo);
  const trifle = await driver.report({ source: 'collector', offence: 'clutter' });
  await driver.act('collector-01', trifle.caseNo, 'self_dispose');
  await driver.act('intake-01', trifle.caseNo, 'approve_self_disposal');
  await driver.toDisposal(parking); // stays open
  setClock('2021-03-04 10:00');
  expect(await askAll(0)).toEqual(await askAll(1));

  await tested.console.keepTallies();
  expect(await countTallied()).toBe(4);
  const { rows } = await sql.query<{ n: number }>('select count(*)::int as n from indicator_tally');
  expect(rows[0]?.n).toBeGreaterThan(100);
  const told = await askAll(0);
  expect(told).toEqual(await askAll(1));

  // One of the tallied goes on: the past stays, the present is told.
  await driver.act('shift-leader-01', first.caseNo, 'reopen', { reason: 'they are back' });
  expect(await countTallied()).toBe(3);
  expect(await askAll(0)).toEqual(await askAll(1));
  setClock('2021-03-05 09:00');
  await driver.act('squad-01', first.caseNo, 'dispose');
  await close(first.caseNo);
  expect(await askAll(0)).toEqual(await askAll(1));
  setClock('2021-03-06 09:00');
  await tested.console.keepTallies();
  expect(await countTallied()).toBe(4);
  expect(await askAll(0)).toEqual(await askAll(1));
  const early = (all: unknown[]) => all.filter((one) => (one as string[])[1] === '2021-03-02');
  expect(early(await askAll(0))).toEqual(early(told));
  // Added again they add nothing.
  expect(await tested.console.keepTallies()).toBe(0);
}, 300_000);

test('an omission weighs on the collectors of the grid on the day of the report, whatever the registry says later', async () => {
  setClock('2021-05-10 10:00');
  const west = [
    [120.6, 27.8],
    [120.61, 27.8],
    [120.61, 27.81],
    [120.6, 27.81],
  ];
  const east = west.map(([lon = 0, lat]) => [lon + 0.01, lat]);
  await sql.query(`insert into grid (id, name, ring) values ('west', '西网格', $1), ('east', '东网格', $2)`, [
    JSON.stringify(west),
    JSON.stringify(east),
  ]);
  await sql.query(`
    insert into person (id, post, number, username)
    select 'c' || n, 'collector', n, case when n < 3 then 'collector-0' || n end from generate_series(1, 3) n`);
  await sql.query(`
    insert into grid_collector (grid_id, person_id, from_date, to_date) values
      ('west', 'c1', '2021-01-01', '2021-05-10'), ('east', 'c2', '2021-01-01', null), ('west', 'c2', '2021-05-11', null),
      ('east', 'c3', '2021-05-10', '2021-05-10')`);
  const inWest = { lon: 120.605, lat: 27.805 };
  const inEast = { lon: 120.615, lat: 27.805 };
  const file = async (body: object) => {
    const { caseNo } = await driver.report({ offence: 'clutter', ...body });
    await driver.act('intake-01', caseNo, 'accept');
    return driver.act('shift-leader-01', caseNo, 'register');
  };
  // By a collector three reports of which one is refused; the others are filed.
  await file({ source: 'collector', point: inWest });
  await file({ source: 'collector', point: inWest, offence: 'street_vending' });
  const nothing = await driver.report({ source: 'collector', offence: 'clutter', point: inEast });
  await driver.act('intake-01', nothing.caseNo, 'refuse', { reason: 'x' });
  const missed = await file({ source: 'public', point: inWest, offence: 'sidewalk_parking' });
  expect(missed).toMatchObject({ omission: 'possible', grid: { id: 'west' } });
  await driver.act('intake-01', missed.caseNo, 'judge_omission', { omitted: true });
  await file({ source: 'public', point: inEast, offence: 'shop_overflow' });
  // In no grid it is nobody's.
  const afield = await file({ source: 'public', offence: 'shop_overflow' });
  await driver.act('intake-01', afield.caseNo, 'judge_omission', { omitted: true });
  expect(afield.flow.at(-1)?.details).toMatchObject({ collectors: [] });
  await driver.act('shift-leader-01', missed.caseNo, 'void', { reason: 'done with' });
  // The reports are told from the records; later, when the registry says something else, from records and tallies.
  for (const isLater of [false, true]) {
    if (isLater) {
      await sql.query(`delete from grid_collector`);
      setClock('2021-05-12 10:00');
      expect(await tested.console.keepTallies()).toBeGreaterThan(0);
    }
    const user = await driver.user('commander-01');
    const ask = async (by: string) =>
      readReply<Figures>(await user.get(`/api/indicators?from=2021-05-10&to=2021-05-11&by=${by}`));
    const [all] = (await ask('all')).rows;
    expect(all?.counts).toMatchObject({ filed: 5, answerableFilings: 5, possibleOmissions: 3, omissions: 2 });
    const people = new Map((await ask('person')).rows.map((row) => [row.key, row]));
    const tell = (key: string | null) => {
      const { counts, scores, indicators } = people.get(key) as Figures['rows'][number];
      return [
        counts.filed,
        counts.answerableFilings,
        counts.possibleOmissions,
        counts.omissions,
        indicators.find(({ name }) => name === 'omissionRate')?.text,
        scores.find(({ name }) => name === 'collector')?.value,
      ];
    };
    // Two of three reports were right, one filing of three was missed: (40 × 2/3 + 20 × 2/3) / 60.
    expect(tell('collector-01')).toEqual([0, 3, 1, 1, '33.33 %', expect.closeTo(200 / 3, 6)]);
    // Nothing reported, one filing in the grid, and that one not missed.
    expect(tell('collector-02')).toEqual([0, 1, 1, 0, '0.00 %', 100]);
    expect(tell('c3')).toEqual([0, 1, 1, 0, '0.00 %', 100]);
    expect(tell('shift-leader-01')).toEqual([5, 0, 0, 0, '–', null]);
    expect(tell(null)).toEqual([0, 1, 1, 1, '100.00 %', 0]);
    const [grid] = (await ask('grid')).rows.filter(({ key }) => key === 'west');
    expect(grid?.counts).toMatchObject({ filed: 3, answerableFilings: 3, omissions: 1 });
  }
  expect(await askAll(0)).toEqual(await askAll(1));
});

test('figures come from the tallies, not from the records of whoever is in them', async () => {
  await sql.query(
    `update indicator_tally set n = n + 1000 where dimension = 'all' and name = 'reports' and day = '2021-03-01'`,
  );
  const user = await driver.user('commander-01');
  const reply = await user.get('/api/indicators?from=2021-03-01&to=2021-03-02');
  expect(readReply<{ rows: { counts: { reports: number } }[] }>(reply).rows[0]?.counts.reports).toBe(1003);
});

test("what earlier versions have told of omissions is nobody's by person afterwards", async () => {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: url, max: 1 }) }),
  });
  try {
    await sql.query('delete from indicator_tally');
    await sql.query(`
      insert into indicator_tally (dimension, day, key, name, since_day, member, n)
      select dimension, '2021-03-01', key, name, '-infinity', '', n from (values
        ('grid', 'west', 'filed', 7), ('grid', 'west', 'omissions', 3), ('person', 'shift-leader-01', 'filed', 4),
        ('person', 'shift-leader-02', 'filed', 3), ('person', 'shift-leader-01', 'omissions', 1),
        ('person', 'shift-leader-02', 'omissions', 2), ('person', 'shift-leader-02', 'possibleOmissions', 2)
      ) told (dimension, key, name, n)`);
    await db.transaction().execute(up);
    const { rows } = await sql.query(
      `select concat_ws(' ', dimension, '<' || key || '>', name, n) as told from indicator_tally order by dimension, key, name`,
    );
    expect(rows.map(({ told }) => told)).toEqual([
      'grid <west> answerableFilings 7',
      'grid <west> filed 7',
      'grid <west> omissions 3',
      'person <> answerableFilings 7',
      'person <> omissions 3',
      'person <> possibleOmissions 2',
      'person <shift-leader-01> filed 4',
      'person <shift-leader-02> filed 3',
    ]);
  } finally {
    await db.destroy();
  }
});
