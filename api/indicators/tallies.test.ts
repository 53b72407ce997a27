import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CaseDriver, createCaseDriver } from '../../test/support/case-driver.ts';
import { openTestConsole, readReply, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { dimensions } from './case-atoms.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let driver: CaseDriver;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
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

test('figures come from the tallies, not from the records of whoever is in them', async () => {
  await sql.query(
    `update indicator_tally set n = n + 1000 where dimension = 'all' and name = 'reports' and day = '2021-03-01'`,
  );
  const user = await driver.user('commander-01');
  const reply = await user.get('/api/indicators?from=2021-03-01&to=2021-03-02');
  expect(readReply<{ rows: { counts: { reports: number } }[] }>(reply).rows[0]?.counts.reports).toBe(1003);
});
