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
