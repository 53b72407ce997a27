import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../platform/mod.ts';
import { type CaseDriver, createCaseDriver } from '../../test/support/case-driver.ts';
import { openTestConsole, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { type Console, openConsole } from '../open-console.ts';

let postgres: TestPostgres;
let databaseUrl: string;
let tested: TestConsole;
let sql: Client;
let driver: CaseDriver;

/** A Thursday in whose week nothing is off. */
const startMs = Date.parse('2020-12-03T16:00:00+08:00');

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createDatabase();
  tested = await openTestConsole(databaseUrl);
  sql = new Client(databaseUrl);
  await sql.connect();
  driver = createCaseDriver(tested, sql);
});

beforeEach(() => {
  tested.clock.nowMs = startMs;
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

const setClock = (text: string) => {
  tested.clock.nowMs = Date.parse(`${text.replace(' ', 'T')}:00+08:00`);
};

/** Garbage has four working hours, parking three that run on through the night. */
const garbage = { source: 'public', offence: 'exposed_garbage' } as const;
const parking = { source: 'public', offence: 'sidewalk_parking' } as const;

async function listEscalations(caseNo: string): Promise<unknown[]> {
  const { flow } = await driver.read(caseNo);
  return flow
    .filter(({ action }) => action === 'escalate')
    .map(({ actor, overdue, details }) => [actor, overdue, details['percent'], details['to']]);
}

/** Another console on the same database: another process, or this one after a restart. */
function openAnother(): Promise<Console> {
  return openConsole({
    databaseUrl,
    blobs: tested.blobs,
    logger: createLogger('error'),
    webDir: null,
    nowMs: () => tested.clock.nowMs,
  });
}

describe('escalation', () => {
  test('warns at 80 %, goes to the shift leader at 100 % and to the commander at 150 % of working hours', async () => {
    const { caseNo, deadline } = await driver.toDisposal(garbage);
    expect(deadline).toBe('2020-12-04T10:30:00+08:00');
    // 3.2 of four hours are used at 09:42 of the next day; 150 % are two hours after the deadline, lunch between.
    for (const [time, done, percent] of [
      ['2020-12-04 09:41', 0, 0],
      ['2020-12-04 09:42', 1, 80],
      ['2020-12-04 10:29', 0, 80],
      ['2020-12-04 10:30', 1, 100],
      ['2020-12-04 13:59', 0, 100],
      ['2020-12-04 14:00', 1, 150],
      ['2020-12-09 14:00', 0, 150],
    ] as const) {
      setClock(time);
      expect([time, await tested.console.runDueTimers()]).toEqual([time, done]);
      expect((await driver.read(caseNo)).escalatedPercent).toBe(percent);
    }
    expect(await listEscalations(caseNo)).toEqual([
      ['timer', false, 80, 'unit'],
      ['timer', false, 100, 'shift_leader'],
      ['timer', true, 150, 'commander'],
    ]);
  });

  test('is done once by consoles that run at the same moment, and made up for after a stop', async () => {
    const cases = [];
    for (let index = 0; index < 6; index++) cases.push((await driver.toDisposal(parking)).caseNo);
    // Nobody runs timers for two days; then three consoles do, two of which have only just started.
    setClock('2020-12-05 16:00');
    const others = [await openAnother(), await openAnother()];
    try {
      const consoles = [tested.console, ...others];
      const done = await Promise.all([...consoles, ...consoles].map((console) => console.runDueTimers()));
      // A row that another console holds is left to it; what it could not do in this round comes in the next.
      const rest = await tested.console.runDueTimers();
      expect(done.reduce((sum, count) => sum + count, rest)).toBe(18);
      for (const caseNo of cases)
        expect((await listEscalations(caseNo)).map((entry) => (entry as unknown[])[2])).toEqual([
          80, 100, 150,
        ]);
    } finally {
      for (const other of others) await other.close();
    }
  });

  test('stops with the reply, and goes on where a check finds that it was none', async () => {
    const { caseNo } = await driver.toDisposal(parking);
    setClock('2020-12-03 16:10');
    await driver.act('squad-01', caseNo, 'dispose');
    setClock('2020-12-03 23:00');
    expect(await tested.console.runDueTimers()).toBe(0);
    await driver.act('intake-01', caseNo, 'send_check');
    await driver.act('collector-01', caseNo, 'check_fail', { reason: 'still there' });
    expect(await tested.console.runDueTimers()).toBe(3);
    expect(await driver.read(caseNo)).toMatchObject({ escalatedPercent: 150, light: 'red', overdue: true });
  });

  test('begins anew with another deadline, and ends with the case', async () => {
    const { caseNo } = await driver.toDisposal(parking);
    setClock('2020-12-03 18:30');
    expect(await tested.console.runDueTimers()).toBe(1);
    expect(await driver.read(caseNo)).toMatchObject({ light: 'yellow', escalatedPercent: 80 });
    await driver.act('dispatcher-01', caseNo, 'return', { reason: 'not theirs' });
    setClock('2020-12-03 23:00');
    expect(await tested.console.runDueTimers()).toBe(0);
    await driver.act('dispatcher-01', caseNo, 'dispatch', { unit: 'sanitation' });
    expect(await driver.read(caseNo)).toMatchObject({ light: 'green', escalatedPercent: 0 });
    await driver.act('shift-leader-01', caseNo, 'void', { reason: 'x' });
    setClock('2020-12-05 23:00');
    expect(await tested.console.runDueTimers()).toBe(0);
  });

  test("counts by the unit's own hours", async () => {
    await sql.query(`insert into work_hours (owner, periods) values
      ('sanitation', '[{"fromMinute":240,"toMinute":480},{"fromMinute":1200,"toMinute":1440}]')`);
    const { caseNo } = await driver.report(garbage);
    await driver.act('intake-01', caseNo, 'accept');
    await driver.act('shift-leader-01', caseNo, 'register');
    const dispatched = await driver.act('dispatcher-01', caseNo, 'dispatch', { unit: 'sanitation' });
    expect(dispatched.deadline).toBe('2020-12-04T00:00:00+08:00');
  });
});
