import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCaseDriver } from '../../test/support/case-driver.ts';
import { openTestConsole, readReply, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

interface Wall {
  readonly now: string;
  readonly candidates: { id: string; raisedAt: string; isHeld: boolean }[];
  readonly overdue: { caseNo: string; isOverdue: boolean; unit: string | null }[];
  readonly urgent: { caseNo: string; isOverdue: boolean }[];
}

test('shows what waits, what is late and what is urgent, and nothing of anybody', async () => {
  const driver = createCaseDriver(tested, sql);
  const startMs = tested.clock.nowMs;
  const older = await tested.queueCandidate({ fromMs: startMs - 3_600_000, raisedAtMs: startMs - 3_000_000 });
  const newer = await tested.queueCandidate({ fromMs: startMs - 1_800_000, raisedAtMs: startMs - 1_200_000 });
  const report = {
    source: 'public',
    offence: 'clutter',
    level: 'urgent',
    address: '安阳路12号',
    reporter: '12345-0001',
  };
  const urgent = await driver.toDisposal(report);
  const ended = await driver.report(report);
  await driver.act('intake-01', ended.caseNo, 'refuse', { reason: 'nothing there' });
  const reviewer = await tested.logIn('reviewer-01');
  readReply(await reviewer.post(`/api/candidates/${older.id}/lease`));

  const read = async () => readReply<Wall>(await (await tested.logIn('shift-leader-01')).get('/api/wall'));
  const before = await read();
  expect(before.candidates).toMatchObject([
    { id: newer.id, isHeld: false },
    { id: older.id, isHeld: true },
  ]);
  expect(before.overdue).toEqual([]);
  expect(before.urgent).toMatchObject([{ caseNo: urgent.caseNo, isOverdue: false }]);

  // An urgent limit runs on through the night.
  tested.clock.nowMs += 5 * 3_600_000;
  const after = await read();
  expect(after.overdue).toMatchObject([{ caseNo: urgent.caseNo, isOverdue: true, unit: '湖岭执法中队' }]);
  expect(after.urgent).toMatchObject([{ caseNo: urgent.caseNo, isOverdue: true }]);
  for (const secret of ['12345-0001', '安阳路12号', 'reviewer-01', 'intake-01', '/api/'])
    expect(JSON.stringify(after)).not.toContain(secret);
});

test('counts the day by the city’s clock', async () => {
  tested.clock.nowMs = Date.parse('2026-04-01T00:30:00+08:00');
  const commander = await tested.logIn('commander-01');
  expect(readReply<{ now: string }>(await commander.get('/api/summary')).now).toBe(
    '2026-04-01T00:30:00+08:00',
  );
});
