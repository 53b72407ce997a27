import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import type { Tables } from '../database/tables.ts';
import { findBrokenFlow } from './flow-record.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let db: Kysely<Tables>;
let caseNo: string;
let demo: TestUser;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: url, max: 1 }) }),
  });
  demo = await tested.logIn('demo');
  const reported = await demo.post('/api/reports', {
    source: 'collector',
    offence: 'clutter',
    description: '人行道上堆放建材',
  });
  caseNo = readReply<{ caseNo: string }>(reported, 201).caseNo;
  await demo.post(`/api/cases/${caseNo}/actions/accept`, { version: 1, note: '看得清' });
  await demo.post(`/api/cases/${caseNo}/actions/register`, { version: 2 });
});

afterAll(async () => {
  await sql?.end();
  await db?.destroy();
  await tested?.close();
  await postgres?.stop();
});

describe('the flow record', () => {
  test.each(['flow_record', 'audit_log'])('%s refuses update, delete and truncate', async (table) => {
    for (const statement of [`update ${table} set actor = 'x'`, `delete from ${table}`, `truncate ${table}`])
      await expect(sql.query(statement)).rejects.toThrow(`${table} is append-only`);
  });

  test('has a chain that holds', async () => {
    expect(await findBrokenFlow(db, caseNo)).toBeNull();
  });

  test.each([
    ['opinion', "'something else'", 2],
    ['actor', "'reviewer-02'", 2],
    ['at', "at + interval '1 second'", 1],
    ['to_state', "'closed'", 3],
    ['attachments', `'[{"id":"x"}]'`, 3],
    ['round', '7', 2],
    ['stage_deadline', "'2026-01-01'", 2],
    ['details', `'{"rule":"x"}'`, 3],
    ['hash_version', '1', 1],
    ['prev_hash', "'0'", 2],
    ['hash', "repeat('0', 64)", 1],
  ])('shows that %s was changed by someone who switched the trigger off', async (column, value, seq) => {
    await sql.query('begin');
    try {
      await sql.query('alter table flow_record disable trigger flow_record_append_only');
      await sql.query(`update flow_record set ${column} = ${value} where case_no = $1 and seq = $2`, [
        caseNo,
        seq,
      ]);
      await sql.query('alter table flow_record enable trigger flow_record_append_only');
      await sql.query('commit');
      expect(await findBrokenFlow(db, caseNo)).toBe(seq);
      expect((await demo.get(`/api/cases/${caseNo}`)).json()).toMatchObject({ brokenFlow: seq });
    } finally {
      await restore();
    }
    expect(await findBrokenFlow(db, caseNo)).toBeNull();
  });

  test('shows that a record is gone', async () => {
    await sql.query('alter table flow_record disable trigger flow_record_append_only');
    await sql.query('delete from flow_record where seq = 2');
    expect(await findBrokenFlow(db, caseNo)).toBe(3);
    await restore();
  });
});

const columns =
  'case_no, seq, from_state, to_state, action, actor, role, unit_id, at, deadline, overdue, opinion, attachments, prev_hash, hash, hash_version, round, stage_deadline, details';

beforeAll(async () => {
  await sql.query('create table kept as select * from flow_record');
});

async function restore(): Promise<void> {
  await sql.query('alter table flow_record disable trigger flow_record_append_only');
  await sql.query('delete from flow_record');
  await sql.query(`insert into flow_record (${columns}) select ${columns} from kept`);
  await sql.query('alter table flow_record enable trigger flow_record_append_only');
}
