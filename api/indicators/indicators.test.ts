import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CountName } from '../../domain/mod.ts';
import { type CaseDriver, createCaseDriver } from '../../test/support/case-driver.ts';
import { openTestConsole, readReply, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';

interface Row {
  key: string | null;
  name: string;
  counts: Record<CountName, number>;
  indicators: { name: string; text: string; numerator: number; denominator: number; formula: string }[];
}

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

async function ask(query: string, username = 'commander-01'): Promise<Row[]> {
  const user = await driver.user(username);
  return readReply<{ rows: Row[] }>(await user.get(`/api/indicators?${query}`)).rows;
}

function show(row: Row | undefined, name: string): string | undefined {
  return row?.indicators.find((indicator) => indicator.name === name)?.text;
}

async function check(caseNo: string): Promise<void> {
  await driver.act('intake-01', caseNo, 'send_check');
  await driver.act('collector-01', caseNo, 'check_pass');
}

describe('the vendor by the bridge', () => {
  test('reported 08:53, replied 10:30, checked 12:08: on time, 97 and 98 minutes', async () => {
    setClock('2020-12-03 08:53');
    const { caseNo } = await driver.report({
      source: 'collector',
      offence: 'street_vending',
      address: '大桥车桥头旁',
    });
    setClock('2020-12-03 09:00');
    await driver.act('intake-01', caseNo, 'accept');
    setClock('2020-12-03 09:05');
    await driver.act('shift-leader-01', caseNo, 'register');
    setClock('2020-12-03 09:10');
    const dispatched = await driver.act('dispatcher-01', caseNo, 'dispatch', { unit: 'huling-squad' });
    expect(dispatched.deadline).toBe('2020-12-09T09:10:00+08:00');
    await driver.act('squad-01', caseNo, 'receive');
    setClock('2020-12-03 10:30');
    await driver.act('squad-01', caseNo, 'dispose');
    setClock('2020-12-03 12:08');
    await check(caseNo);
    await driver.act('shift-leader-01', caseNo, 'close');
    for (const by of ['all', 'unit', 'class']) {
      const row = (await ask(`from=2020-12-03&to=2020-12-04&by=${by}`)).find(
        ({ counts }) => counts.due === 1,
      );
      expect(row?.counts).toMatchObject({
        due: 1,
        disposed: 1,
        disposedOnTime: 1,
        closed: 1,
        closedOnTime: 1,
      });
      expect(show(row, 'meanMinutesToReply')).toBe('97.0');
      expect(show(row, 'meanMinutesToCheck')).toBe('98.0');
      expect(show(row, 'meanMinutesOfDisposal')).toBe('80.0');
      expect(show(row, 'disposalRate')).toBe('100.00 %');
    }
    const [unit] = await ask('from=2020-12-03&to=2020-12-04&by=unit');
    expect(unit).toMatchObject({ key: 'huling-squad', name: '湖岭执法中队' });
  });
});

describe('a week told by hand', () => {
  const period = 'from=2021-03-01&to=2021-03-08';
  const parking = { source: 'public', offence: 'sidewalk_parking' } as const;
  let before: Row[];

  test('counts each thing once, by its own clock', async () => {
    // In time.
    setClock('2021-03-01 10:00');
    const good = await driver.toDisposal(parking);
    await driver.act('squad-01', good.caseNo, 'dispose');
    await check(good.caseNo);
    await driver.act('shift-leader-01', good.caseNo, 'close');
    // Late, and reworked once: one disposal all the same.
    setClock('2021-03-02 10:00');
    const late = await driver.toDisposal(parking);
    setClock('2021-03-02 10:10');
    await driver.act('squad-01', late.caseNo, 'dispose');
    await driver.act('intake-01', late.caseNo, 'send_check');
    await driver.act('collector-01', late.caseNo, 'check_fail', { reason: 'still there' });
    setClock('2021-03-02 14:00');
    await driver.act('squad-01', late.caseNo, 'dispose');
    await check(late.caseNo);
    await driver.act('shift-leader-01', late.caseNo, 'close');
    // Intake says twice what it thinks of who missed it; the last word counts, of another case the first.
    await driver.act('intake-01', good.caseNo, 'judge_omission', { omitted: false });
    await driver.act('intake-01', good.caseNo, 'judge_omission', { omitted: true, reason: '每日巡查路段' });
    await driver.act('intake-01', late.caseNo, 'judge_omission', { omitted: true });
    await driver.act('intake-01', late.caseNo, 'judge_omission', { omitted: false });
    // Due and not disposed.
    setClock('2021-03-03 10:00');
    await driver.toDisposal(parking);
    // Voided when it was overdue: owed by nobody.
    const voided = await driver.toDisposal(parking);
    setClock('2021-03-03 15:00');
    await driver.act('shift-leader-01', voided.caseNo, 'void', { reason: 'x' });
    // Not due yet when the week ends.
    setClock('2021-03-05 10:00');
    await driver.toDisposal({ source: 'collector', offence: 'street_vending' });
    // Cleared on the spot, refused, and one that waits.
    const trifle = await driver.report({ source: 'collector', offence: 'clutter' });
    await driver.act('collector-01', trifle.caseNo, 'self_dispose');
    await driver.act('intake-01', trifle.caseNo, 'approve_self_disposal');
    const refused = await driver.report(parking);
    await driver.act('intake-01', refused.caseNo, 'refuse', { reason: 'nothing there' });
    await driver.report(parking);

    const [all] = await ask(period);
    expect(all?.counts).toMatchObject({
      reports: 8,
      collectorReports: 2,
      collectorDays: 1,
      validReports: 6,
      notAccepted: 1,
      selfDisposed: 1,
      filed: 5,
      filedVoided: 1,
      possibleOmissions: 4,
      omissions: 1,
      dispatched: 5,
      dispatchedUnits: 1,
      dispatchedRight: 5,
      due: 3,
      disposed: 2,
      disposedOnTime: 1,
      handled: 3,
      reworked: 1,
      checkDue: 3,
      checkedOnTime: 3,
      closed: 2,
      closedOnTime: 1,
      closeDue: 3,
    });
    expect(show(all, 'disposalRate')).toBe('66.67 %');
    expect(show(all, 'onTimeDisposalRate')).toBe('33.33 %');
    expect(show(all, 'reportsPerCollectorDay')).toBe('2.0');
    before = [all as Row];
  });

  test('is the same whenever it is asked for, whatever happens afterwards', async () => {
    setClock('2021-03-08 09:00');
    const { rows } = await sql.query<{ case_no: string }>(
      `select case_no from case_file where state = 'in_disposal' and created_at >= '2021-03-03' order by case_no limit 1`,
    );
    await driver.act('squad-01', rows[0]?.case_no ?? '', 'dispose');
    expect(await ask(period)).toEqual(before);
    const [next] = await ask('from=2021-03-08&to=2021-03-15');
    expect(next?.counts).toMatchObject({ disposed: 1, disposedOnTime: 0, due: 2 });
  });

  test.each(['unit', 'grid', 'class', 'camera', 'source', 'person'])(
    'adds up over %s to the whole',
    async (by) => {
      const rows = await ask(`${period}&by=${by}`);
      const names: CountName[] = [
        'reports',
        'filed',
        'due',
        'disposed',
        'closed',
        'handled',
        'reworked',
        'selfDisposed',
      ];
      for (const name of names)
        expect([name, rows.reduce((sum, { counts }) => sum + counts[name], 0)]).toEqual([
          name,
          before[0]?.counts[name],
        ]);
    },
  );

  test('an appeal that was granted takes the lateness out of the figures, not out of the facts', async () => {
    const { rows } = await sql.query<{ case_no: string }>(
      `select case_no from case_file where close_type = 'overdue' and created_at >= '2021-03-01' limit 1`,
    );
    const caseNo = rows[0]?.case_no ?? '';
    setClock('2021-03-09 09:00');
    await driver.act('squad-01', caseNo, 'apply_appeal', { reason: 'the road was closed' });
    await driver.act('dispatcher-01', caseNo, 'endorse_appeal');
    await driver.act('intake-01', caseNo, 'grant_appeal');
    expect((await ask(period))[0]?.counts.disposedOnTime).toBe(1);
    expect((await ask('from=2021-03-01&to=2021-03-10'))[0]?.counts.disposedOnTime).toBe(2);
  });
});

describe('the year of the article', () => {
  const year = 'from=2019-01-01&to=2019-12-01';

  beforeAll(async () => {
    await sql.query(`
      insert into unit (id, name, kind) select 'u' || n, '单位 ' || n, 'bureau' from generate_series(1, 43) n`);
    // 57183 reports; the first 25857 are filed and sent to 43 units, the next 1705 cleared on the spot.
    await sql.query(`
      insert into case_file (case_no, source, state, level, version, class_scheme, class_code, created_at)
      select 'a' || n, 'collector', 'reported', 'normal', 1,
        case when n <= 2572 or n between 25858 and 25857 + 1182 then 'local' else 'gbt30428.2-2013' end,
        case when n <= 2572 or n between 25858 and 25857 + 1182 then '04-93' else '04-01' end, '2019-05-01'
      from generate_series(1, 57183) n`);
    const record = (seq: number, action: string, to: string, where: string, more = '') => `
      select 'a' || n, ${seq}, ${seq === 1 ? 'null' : "'reported'"}, '${to}', '${action}', 'collector-01', 'collector',
        ${seq >= 3 ? `'u' || (n % 43 + 1)` : 'null'},
        timestamptz '2019-05-01' + interval '1 hour' * ${seq}${more},
        ${seq >= 3 ? `timestamptz '2019-05-05' + interval '1 day' * case when n > 23534 then 300 else 0 end` : 'null::timestamptz'},
        false, '[]'::jsonb, 'x' from generate_series(1, 57183) n where ${where}`;
    await sql.query(`
      insert into flow_record (case_no, seq, from_state, to_state, action, actor, role, unit_id, at, deadline, overdue, attachments, hash)
      ${[
        record(1, 'report', 'reported', 'true'),
        record(2, 'register', 'registered', 'n <= 25857'),
        record(2, 'approve_self_disposal', 'closed', 'n between 25858 and 27562'),
        record(3, 'dispatch', 'dispatched', 'n <= 25857'),
        record(
          4,
          'dispose',
          'disposed',
          'n <= 23513',
          ` + interval '10 days' * case when n > 23400 then 1 else 0 end`,
        ),
      ].join(' union all ')}`);
    await sql.query('analyze flow_record; analyze case_file');
  }, 180_000);

  test('comes out as printed, but for the rate that was printed wrong', async () => {
    const [all] = await ask(year);
    expect(all?.counts).toMatchObject({
      reports: 57_183,
      selfDisposed: 1705,
      filed: 25_857,
      dispatched: 25_857,
      dispatchedUnits: 43,
      due: 23_534,
      disposed: 23_513,
      disposedOnTime: 23_400,
    });
    expect(all?.indicators.find(({ name }) => name === 'disposalRate')).toMatchObject({
      text: '99.91 %',
      numerator: 23_513,
      denominator: 23_534,
      formula: '处置数 ÷ 应处置数',
    });
    expect(show(all, 'onTimeDisposalRate')).toBe('99.43 %');
  });

  test('shared bikes: 3754 are 2572 by the companies and 1182 by collectors', async () => {
    const bikes = (await ask(`${year}&by=class`)).find(({ key }) => key === 'local 04-93');
    expect(bikes?.counts).toMatchObject({ handled: 3754, disposed: 2572, selfDisposed: 1182 });
  });

  test('tells 43 units apart', async () => {
    const units = (await ask(`${year}&by=unit`)).filter(({ counts }) => counts.due > 0);
    expect(units).toHaveLength(43);
    expect(units.reduce((sum, { counts }) => sum + counts.due, 0)).toBe(23_534);
  });
});

describe('who sees what', () => {
  test('an officer the own unit and what they did, a collector what they did, an engineer nothing', async () => {
    setClock('2021-03-20 09:00');
    const week = 'from=2021-03-01&to=2021-03-08';
    expect((await ask(`${week}&by=unit`, 'squad-01')).map(({ key }) => key)).toEqual(['huling-squad']);
    expect((await ask(`${week}&by=person`, 'collector-01')).map(({ key }) => key)).toEqual(['collector-01']);
    const collector = await driver.user('collector-01');
    expect((await collector.get(`/api/indicators?${week}&by=unit`)).statusCode).toBe(403);
    expect((await collector.get(`/api/indicators?${week}`)).statusCode).toBe(403);
  });

  test.each([
    ['from=2021-03-01&to=2021-03-01', 'is not after'],
    ['from=2021-02-30&to=2021-03-08', '"2021-02-30" is neither'],
    ['from=yesterday&to=2021-03-08', '"yesterday" is neither'],
    ['from=2021-03-01T00:00&to=2021-03-08', 'neither a date nor a time with an offset'],
    ['to=2021-03-08', 'from'],
    ['from=2021-03-01&to=2021-03-08&by=mood', 'by'],
  ])('%s is refused: %s', async (query, message) => {
    const user = await driver.user('commander-01');
    const reply = await user.get(`/api/indicators?${query}`);
    expect(readReply<{ error: { message: string } }>(reply, 400).error.message).toContain(message);
  });
});

describe('a file', () => {
  const query = 'from=2021-03-01&to=2021-03-08&by=unit';

  test('as CSV has each rate with both its counts', async () => {
    const user = await driver.user('commander-01');
    const { body, headers } = await user.get(`/api/indicators?${query}&format=csv`);
    expect(headers['content-disposition']).toContain('indicators-unit.csv');
    const [head = '', first = ''] = body.replace(/^\u{FEFF}/u, '').split('\r\n');
    const cells = new Map(head.split(',').map((name, index) => [name, first.split(',')[index]]));
    expect(cells.get('处置率(%)')).toBe('66.67');
    expect([cells.get('处置率·分子'), cells.get('处置率·分母'), cells.get('名称')]).toEqual([
      '2',
      '3',
      '湖岭执法中队',
    ]);
    const { rows } = await sql.query(`select actor from audit_log where action = 'indicators.export'`);
    expect(rows.length).toBeGreaterThan(0);
  });

  test('as XLSX is an archive whose every part another program reads', async () => {
    const user = await driver.user('commander-01');
    const { rawPayload } = await user.get(`/api/indicators?${query}&format=xlsx`);
    const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-test-xlsx-'));
    try {
      const file = path.join(dir, 'indicators.xlsx');
      await writeFile(file, rawPayload);
      const script = `
import sys, zipfile, xml.dom.minidom
book = zipfile.ZipFile(sys.argv[1])
assert book.testzip() is None
for name in book.namelist(): xml.dom.minidom.parseString(book.read(name))
print(' '.join(book.namelist()))
print(book.read('xl/worksheets/sheet1.xml').decode())`;
      const said = execFileSync('python3', ['-c', script, file], { encoding: 'utf8', timeout: 60_000 });
      expect(said).toContain('[Content_Types].xml _rels/.rels xl/workbook.xml');
      expect(said).toContain('湖岭执法中队');
      expect(said).toContain('<v>66.67</v>');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
