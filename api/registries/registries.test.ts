import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layInTown } from '../../app/demo/town-registries.ts';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let commander: TestUser;

const cameras = ['harbour-road', 'market-street', 'ferry-lane', 'station-road'].map((id) => ({
  id,
  name: id,
}));

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  for (const camera of cameras) await tested.console.upsertCamera(camera);
  commander = await tested.logIn('commander-01');
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

type Row = Record<string, string | number | boolean | null>;

async function list(name: string): Promise<Row[]> {
  return readReply<Row[]>(await commander.get(`/api/registries/${name}`));
}

function send(name: string, payload: string, type = 'text/csv', user = commander) {
  return user.inject({
    method: 'POST',
    url: `/api/registries/${name}/import`,
    headers: { 'content-type': type },
    payload,
  });
}

function put(name: string, key: string, body: object) {
  return commander.inject({ method: 'PUT', url: `/api/registries/${name}/${key}`, payload: body });
}

describe('the demo town', () => {
  beforeAll(async () => {
    await layInTown(tested.console, cameras);
    // Again: what is there stays, and nothing doubles.
    await layInTown(tested.console, cameras);
  });

  test('has 35 grids, 66 units, and the nine posts of the roster', async () => {
    expect(await list('grids')).toHaveLength(35);
    expect(await list('units')).toHaveLength(66);
    const posts = (await list('people')).map(({ post }) => post);
    const count = (post: string) => posts.filter((known) => known === post).length;
    expect(['commander', 'shift_leader', 'dispatcher', 'intake_officer', 'clerk'].map(count)).toEqual([
      1, 2, 2, 3, 1,
    ]);
  });

  test('has classes in both schemes, each event of the one that the other has too pointing there and back', async () => {
    const classes = await list('classes');
    const find = (scheme: unknown, code: unknown) =>
      classes.find((row) => row['scheme'] === scheme && row['code'] === code);
    expect(find('gbt30428.2-2013', '04-09')).toMatchObject({ sameScheme: 'cjt214-2007', sameCode: '05-05' });
    for (const row of classes.filter(({ sameCode }) => sameCode !== null))
      expect(find(row['sameScheme'], row['sameCode'])).toMatchObject({
        sameCode: row['code'],
        name: row['name'],
      });
  });

  test('has no gap and no overlap: each of many points lies in exactly one grid', async () => {
    const seen = new Set<string>();
    for (let x = 0; x < 14; x++)
      for (let y = 0; y < 10; y++) {
        const at = `lon=${120.62 + ((x + 0.5) * 0.0518) / 14}&lat=${27.76 + ((y + 0.5) * 0.0399) / 10}`;
        const { grid, collectors } = readReply<{ grid: string; collectors: string[] }>(
          await commander.get(`/api/grids/at?${at}`),
        );
        expect(grid).toMatch(/^grid-\d\d$/);
        expect(collectors).toEqual([grid.replace('grid', 'collector')]);
        seen.add(grid);
      }
    expect(seen.size).toBe(35);
    expect((await commander.get('/api/grids/at?lon=121&lat=27.77')).json()).toEqual({
      grid: null,
      collectors: [],
    });
  });

  test('routes every class of its list to one unit in every grid, or to the commander', async () => {
    const rules = await list('routing');
    const keys = rules.map(({ scheme, code, grid }) => `${scheme} ${code} ${grid}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('keeps nobody by name: a person is a post and a number', async () => {
    for (const row of await list('people'))
      expect(Object.keys(row).toSorted()).toEqual([
        'active',
        'id',
        'number',
        'post',
        'revision',
        'unit',
        'username',
      ]);
  });

  test('gives a manhole cover that is missing four hours that run on', async () => {
    const standards = readReply<{ level: string; limit: object }[]>(
      await commander.get('/api/standards?scheme=gbt30428.2-2013&code=C01-01'),
    );
    expect(standards.find(({ level }) => level === 'urgent')?.limit).toEqual({
      value: 4,
      unit: 'urgent_hour',
    });
  });

  test('comes back out of a CSV export as it went in', async () => {
    for (const name of [
      'units',
      'grids',
      'standards',
      'routing',
      'work-hours',
      'calendar-days',
      'offence-items',
    ]) {
      const exported = await commander.get(`/api/registries/${name}?format=csv`);
      expect(exported.headers['content-type']).toContain('text/csv');
      const counts = readReply<{ added: number; changed: number; unchanged: number }>(
        await send(name, exported.body),
      );
      expect({ name, ...counts }).toEqual({
        name,
        added: 0,
        changed: 0,
        unchanged: (await list(name)).length,
      });
    }
  });

  test('takes its grids from GeoJSON too', async () => {
    const text = await readFile(
      new URL('../../samples/town/registries/grids.geojson', import.meta.url),
      'utf8',
    );
    const moved = text.replaceAll('120.62', '120.61');
    expect((await send('grids', moved, 'application/geo+json')).json()).toMatchObject({ added: 0 });
    expect((await send('grids', text, 'application/geo+json')).statusCode).toBe(200);
    expect((await send('units', text, 'application/geo+json')).json()).toMatchObject({
      error: { message: expect.stringContaining('have no shape') },
    });
  });
});

describe('one entry', () => {
  test('is made, read, replaced by whoever has seen it, and deleted', async () => {
    const made = readReply<Row>(await put('units', 'tram', { name: '有轨电车公司', kind: 'utility' }));
    expect(made).toMatchObject({ id: 'tram', level: null, parent: null, active: true });
    expect((await commander.get('/api/registries/units/tram')).json()).toEqual(made);
    const changed = readReply<Row>(
      await put('units', 'tram', {
        name: '电车公司',
        kind: 'utility',
        active: false,
        revision: made['revision'],
      }),
    );
    expect(changed).toMatchObject({ name: '电车公司', active: false });
    const late = await put('units', 'tram', { name: 'x', kind: 'utility', revision: made['revision'] });
    expect(readReply(late, 409)).toMatchObject({
      error: { code: 'conflict', details: { revision: changed['revision'] } },
    });
    expect((await commander.delete('/api/registries/units/tram')).statusCode).toBe(204);
    expect((await commander.get('/api/registries/units/tram')).statusCode).toBe(404);
    expect((await commander.delete('/api/registries/units/tram')).statusCode).toBe(404);
    const { rows } = await sql.query(
      `select action, actor from audit_log where object_kind = 'registry units' and object_id = 'tram' order by seq`,
    );
    expect(rows).toEqual(
      ['put', 'put', 'delete'].map((done) => ({ action: `registry.${done}`, actor: 'commander-01' })),
    );
  });

  test('of two editors who have seen the same, one wins', async () => {
    const { revision } = readReply<Row>(
      await put('calendar-days', '2027-01-01', { kind: 'holiday', name: '元旦' }),
    );
    const replies = await Promise.all(
      ['甲', '乙', '丙'].map((name) =>
        put('calendar-days', '2027-01-01', { kind: 'holiday', name, revision }),
      ),
    );
    expect(replies.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
  });

  test('that something refers to is not deleted', async () => {
    expect((await commander.delete('/api/registries/units/enforcement-bureau')).json()).toMatchObject({
      error: { code: 'conflict', message: expect.stringContaining('still referred to') },
    });
  });

  test.each<[string, string, object, string]>([
    ['units', 'x', { kind: 'squad' }, 'body.name: is missing'],
    ['units', 'x', { name: 'x', kind: 'circus' }, 'body.kind: "circus" is not one of'],
    ['units', 'x', { name: 'x', kind: 'squad', parent: 'nobody' }, 'body.parent: there is no unit "nobody"'],
    ['units', 'x', { name: 'x', kind: 'squad', colour: 'red' }, 'body.colour: unknown'],
    ['units', 'x', { id: 'y', name: 'x', kind: 'squad' }, 'is not the address'],
    ['work-hours', 'default', { periods: '12:00-08:00' }, 'ends before it begins'],
    [
      'work-hours',
      'default',
      { periods: '08:00-12:00 11:00-13:00' },
      'begins before the period before it has ended',
    ],
    ['work-hours', 'default', { periods: '8-12' }, 'no time of day'],
    ['stage-limits', 'reported', { limit: '15分钟' }, '"15分钟" is not a limit'],
    ['calendar-days', '2026-10-01', { kind: 'feast', name: 'x' }, 'body.kind'],
    ['grids', 'x', { name: 'x', ring: '120 27; 121 27' }, 'three corners at least'],
    ['grids', 'x', { name: 'x', ring: '27 120; 28 121; 27 121' }, 'longitude, then latitude'],
    ['routing', 'x', { code: '04', unit: 'sanitation' }, 'given together'],
    ['stage-limits', 'reported', { limit: '99999自然日' }, 'is more than 1000'],
    ['units', 'x', { name: 'a\u0000b', kind: 'squad' }, 'body.name: holds a control character'],
    ['people', 'x', { post: 'mayor', number: 1 }, 'body.post: "mayor" is not one of'],
  ])('%s %s with %j: %s', async (name, key, body, message) => {
    expect(
      readReply<{ error: { message: string } }>(await put(name, key, body), 400).error.message,
    ).toContain(message);
  });

  test.each(['units/a,b', 'calendar-days/2026-13-01', 'classes/04-01', 'stage-limits/asleep'])(
    '%s is no address of an entry',
    async (address) => {
      expect((await commander.get(`/api/registries/${address}`)).statusCode).toBe(404);
    },
  );

  test('changes deadlines from then on: hours, holidays and stage limits are read at each step', async () => {
    await put('stage-limits', 'reported', { limit: '2紧急工作时' });
    const intake = await tested.logIn('intake-01');
    const reported = await intake.post('/api/reports', { source: 'public', offence: 'clutter' });
    expect(readReply(reported, 201)).toMatchObject({ stageDeadline: '2026-03-02T12:00:00+08:00' });
    await commander.delete('/api/registries/stage-limits/reported');
  });
});

describe('a file', () => {
  const header = 'id,name,kind,parent\n';

  test('is imported whole or not at all, with every wrong line named', async () => {
    const before = await list('units');
    const reply = await send(
      'units',
      `${header}new-1,甲,squad,\nnew-2,乙,circus,\nnew-3,,squad,\nnew-1,丙,squad,\n`,
    );
    expect(readReply(reply, 400)).toMatchObject({
      error: {
        message: expect.stringContaining('nothing was imported into units: line 3, kind: "circus"'),
        details: {
          count: 3,
          problems: [
            expect.stringContaining('line 3, kind'),
            'line 4, name: is missing',
            'line 5, id: new-1 stands in line 2 already',
          ],
        },
      },
    });
    expect(await list('units')).toEqual(before);
    const stray = await send('units', `${header}new-1,甲,squad,nobody\n`);
    expect(readReply<{ error: { message: string } }>(stray, 400).error.message).toContain(
      'line 2, parent: there is no unit "nobody"',
    );
  });

  test('may name a unit before the one that it belongs to', async () => {
    expect((await send('units', `${header}child,子,squad,mother\nmother,母,bureau,\n`)).json()).toEqual({
      added: 2,
      changed: 0,
      unchanged: 0,
    });
    for (const id of ['child', 'mother']) await commander.delete(`/api/registries/units/${id}`);
  });

  test.each([
    ['', 'the file is empty'],
    ['id,name\nx\n', 'line 2: 1 cells, but 2 columns'],
    ['id,id\nx,y\n', 'column "id" stands twice'],
    ['id,name,kind\nx,"y,squad\n', 'a quoted cell does not end'],
    ['id,name,kind\nx,y"z,squad\n', 'line 2: a quote inside a cell'],
    ['id,name,kind,colour\nx,y,squad,red\n', 'line 2, colour: unknown'],
  ])('%j: %s', async (text, message) => {
    expect(readReply<{ error: { message: string } }>(await send('units', text), 400).error.message).toContain(
      message,
    );
  });

  test.each([
    ['{', 'not JSON'],
    ['{"type":"Feature"}', 'no GeoJSON FeatureCollection'],
    [
      '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"x","name":"x"},"geometry":{"type":"Point","coordinates":[1,2]}}]}',
      'feature 1: a Point is no Polygon',
    ],
  ])('GeoJSON %s: %s', async (text, message) => {
    const reply = await send('grids', text, 'application/geo+json');
    expect(readReply<{ error: { message: string } }>(reply, 400).error.message).toContain(message);
  });

  test('is refused as JSON, from a post that does not keep registries, and beyond 8 MB', async () => {
    expect((await commander.post('/api/registries/units/import', { a: 1 })).statusCode).toBe(400);
    const intake = await tested.logIn('intake-01');
    expect((await send('units', header, 'text/csv', intake)).statusCode).toBe(403);
    expect((await send('units', 'x'.repeat(8 * 1024 * 1024 + 1))).statusCode).toBeGreaterThanOrEqual(400);
  });

  test('in GBK is read where the request says so, and refused where it does not', async () => {
    // 2027-03-01,holiday,节日 in GB18030.
    const bytes = Buffer.concat([
      Buffer.from('date,kind,name\n2027-03-01,holiday,'),
      Buffer.from([0xbd, 0xda, 0xc8, 0xd5]),
      Buffer.from('\n'),
    ]);
    const post = (type: string) =>
      commander.inject({
        method: 'POST',
        url: '/api/registries/calendar-days/import',
        headers: { 'content-type': type },
        payload: bytes,
      });
    expect(readReply<{ error: { message: string } }>(await post('text/csv'), 400).error.message).toContain(
      'the file is not utf-8',
    );
    expect((await post('text/csv; charset=gb18030')).json()).toEqual({ added: 1, changed: 0, unchanged: 0 });
    expect((await commander.get('/api/registries/calendar-days/2027-03-01')).json()).toMatchObject({
      name: '节日',
    });
    await commander.delete('/api/registries/calendar-days/2027-03-01');
  });

  test('keeps quotes, commas and line ends, and disarms formulas on the way out', async () => {
    await put('calendar-days', '2027-02-01', { kind: 'holiday', name: '=1+1, "甲"' });
    const { body } = await commander.get('/api/registries/calendar-days?format=csv');
    expect(body).toContain(`2027-02-01,holiday,"'=1+1, ""甲"""`);
    await commander.delete('/api/registries/calendar-days/2027-02-01');
  });
});
