import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { registries } from './registries.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let commander: TestUser;
let intake: TestUser;

beforeAll(async () => {
  postgres = await startTestPostgres();
  tested = await openTestConsole(await postgres.createDatabase());
  commander = await tested.logIn('commander-01');
  intake = await tested.logIn('intake-01');
});

afterAll(async () => {
  await tested?.close();
  await postgres?.stop();
});

interface View {
  readonly name: string;
  readonly keys: string[];
  readonly mayEdit: boolean;
  readonly takesGeoJson: boolean;
  readonly fields: {
    name: string;
    kind: string;
    choices: string[];
    initial: string;
    refersTo: string | null;
  }[];
}

const put = (key: string, body: object) =>
  commander.inject({ method: 'PUT', url: `/api/registries/units/${key}`, payload: body });
const send = (payload: string, query = '') =>
  commander.inject({
    method: 'POST',
    url: `/api/registries/units/import${query}`,
    headers: { 'content-type': 'text/csv' },
    payload,
  });

test('every registry says its fields, and to whom it is open', async () => {
  const views = readReply<View[]>(await commander.get('/api/registries'));
  expect(views.map(({ name }) => name)).toEqual(registries.map(({ name }) => name));
  const units = views.find(({ name }) => name === 'units');
  expect(units).toMatchObject({ keys: ['id'], mayEdit: true, takesGeoJson: false });
  const find = (name: string) => units?.fields.find((field) => field.name === name);
  expect(find('kind')).toMatchObject({ kind: 'word', choices: expect.arrayContaining(['squad', 'company']) });
  expect(find('parent')).toMatchObject({ kind: 'id', refersTo: 'units' });
  expect(find('active')).toMatchObject({ kind: 'flag', initial: 'true' });
  expect(views.find(({ name }) => name === 'grids')?.takesGeoJson).toBe(true);
  const seen = readReply<View[]>(await intake.get('/api/registries'));
  expect(seen.filter(({ mayEdit }) => mayEdit)).toEqual([]);
});

test('an entry that is added takes the place of none', async () => {
  const made = await put('new-1', { name: '甲', kind: 'squad', revision: 'new' });
  expect(made.statusCode).toBe(200);
  const again = await put('new-1', { name: '乙', kind: 'squad', revision: 'new' });
  expect(readReply(again, 409)).toMatchObject({ error: { code: 'conflict' } });
  expect((await commander.get('/api/registries/units/new-1')).json()).toMatchObject({ name: '甲' });
});

describe('a file that is tried', () => {
  test('says what it would do, and nothing stays', async () => {
    await put('tried-1', { name: '甲', kind: 'squad' });
    const before = (await commander.get('/api/registries/units')).json();
    const reply = await send(
      'id,name,kind\ntried-1,甲,squad\ntried-2,乙,company\ntraffic-police,交警,bureau\n',
      '?dryRun=true',
    );
    expect(readReply(reply)).toEqual({ added: 1, changed: 1, unchanged: 1 });
    expect((await commander.get('/api/registries/units')).json()).toEqual(before);
  });

  test('names the same errors as one that is imported', async () => {
    const file = 'id,name,kind,parent\nx-1,甲,circus,\nx-2,,squad,\n';
    const tried = readReply<object>(await send(file, '?dryRun=true'), 400);
    expect(tried).toEqual(readReply<object>(await send(file), 400));
  });
});

describe('the history of an entry', () => {
  test('has what was done by hand and by file, newest first, with before and after', async () => {
    await put('old-1', { name: '甲', kind: 'squad' });
    await send('id,name,kind\nold-1,乙,squad\n');
    await send('id,name,kind\nold-1,乙,squad\n');
    await commander.delete('/api/registries/units/old-1');
    const history = readReply<object[]>(await commander.get('/api/registries/units/old-1/history'));
    expect(history).toMatchObject([
      { by: 'commander-01', done: 'delete', before: { name: '乙' }, after: null },
      { done: 'put', fromFile: true, before: { name: '甲' }, after: { name: '乙' } },
      { done: 'put', fromFile: false, before: null, after: { name: '甲' } },
    ]);
  });

  test('is for those who keep the registry, and empty where nothing was done', async () => {
    expect((await intake.get('/api/registries/units/old-1/history')).statusCode).toBe(403);
    expect((await commander.get('/api/registries/units/huling-squad/history')).json()).toEqual([]);
  });
});

describe('where the city answers', () => {
  const keep = (name: string, key: string, body: object) =>
    commander.inject({ method: 'PUT', url: `/api/registries/${name}/${key}`, payload: body });
  const importDays = (payload: string) =>
    commander.inject({
      method: 'POST',
      url: '/api/registries/calendar-days/import',
      headers: { 'content-type': 'text/csv' },
      payload,
    });
  const square = (lon: number) => `${lon} 27.5; ${lon + 0.1} 27.5; ${lon + 0.1} 27.6; ${lon} 27.6`;
  const reportAt = async (lon: number) =>
    (await tested.logIn('intake-01')).post('/api/reports', {
      source: 'public',
      offence: 'clutter',
      point: { lon, lat: 27.55 },
    });

  test('a report from a region left out is refused with the reason, one from no covered region is marked', async () => {
    expect(readReply<object>(await reportAt(121.35), 201)).toMatchObject({ outsideCoverage: false });
    const island = {
      name: '北麂乡',
      kind: 'excluded',
      ring: square(121.2),
      reason: '海岛',
      referTo: '乡政府',
    };
    readReply(await keep('regions', 'island', island));
    readReply(
      await keep('regions', 'city', { name: '主城区', kind: 'covered', ring: square(121), phase: '一期' }),
    );
    expect(readReply<{ error: object }>(await reportAt(121.25), 400).error).toMatchObject({
      message: 'body.point: 121.25, 27.55 lies in 北麂乡, which is not covered: 海岛; report it to 乡政府',
      details: { field: 'body.point', region: 'island', referTo: '乡政府' },
    });
    expect(readReply<object>(await reportAt(121.05), 201)).toMatchObject({ outsideCoverage: false });
    expect(readReply<object>(await reportAt(121.35), 201)).toMatchObject({ outsideCoverage: true });
    // A report without a place has one once a collector has stood there.
    const placeless = readReply<{ caseNo: string; version: number }>(
      await intake.post('/api/reports', { source: 'public', offence: 'clutter' }),
      201,
    );
    expect(placeless).toMatchObject({ outsideCoverage: false });
    const actions = `/api/cases/${placeless.caseNo}/actions`;
    readReply(await intake.post(`${actions}/verify_request`, { version: placeless.version }));
    const collector = await tested.logIn('collector-01');
    const verified = await collector.post(`${actions}/verify_done`, {
      version: placeless.version + 1,
      photo: await collector.uploadPhoto(),
      point: { lon: 121.35, lat: 27.55 },
    });
    expect(readReply<object>(verified)).toMatchObject({ outsideCoverage: true });
    readReply(await keep('regions', 'island', { ...island, from: '2099-01-01' }));
    expect((await reportAt(121.25)).statusCode).toBe(201);
  });

  test('a year without its days off is told of, from November of the year before until they are imported', async () => {
    const before = tested.clock.nowMs;
    const listMissing = async (date: string) => {
      tested.clock.nowMs = Date.parse(`${date}T10:00:00+08:00`);
      const user = await tested.logIn('intake-01');
      return readReply<{ missingCalendarYears: number[] }>(await user.get('/api/summary'))
        .missingCalendarYears;
    };
    expect(await listMissing('2026-10-31')).toEqual([]);
    expect(await listMissing('2026-11-01')).toEqual([2027]);
    expect(await listMissing('2028-01-01')).toEqual([2028]);
    tested.clock.nowMs = before;
    const days = Array.from(
      { length: 11 },
      (_, day) => `2027-10-${String(day + 1).padStart(2, '0')},holiday,x`,
    );
    commander = await tested.logIn('commander-01');
    await importDays(['date,kind,name', ...days.slice(1)].join('\n'));
    expect(await listMissing('2026-11-01')).toEqual([2027]);
    tested.clock.nowMs = before;
    commander = await tested.logIn('commander-01');
    await importDays(['date,kind,name', ...days].join('\n'));
    expect(await listMissing('2026-11-01')).toEqual([]);
  });
});
