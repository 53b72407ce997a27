import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roles } from '../../domain/mod.ts';
import { openTestConsole, readReply, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { posts } from '../../test/support/posts.ts';
import type { AccessRow } from './access.ts';
import { machineScopes } from './permissions.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let databaseUrl: string;
let table: readonly AccessRow[];

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createDatabase();
  tested = await openTestConsole(databaseUrl);
  sql = new Client(databaseUrl);
  await sql.connect();
  for (const role of roles)
    await sql.query(
      `insert into account (username, display_name, password_hash, roles, unit_id)
       select $1, $1, password_hash, array[$2], unit_id from account where username = 'squad-01'`,
      [`only-${role}`, role],
    );
  table = tested.console.app.accessTable;
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

/** An address of the route at which there is nothing. */
const fill = (url: string) =>
  url
    .replace(/:manifestHash/g, 'a'.repeat(64))
    .replace(/:id\b/g, '00000000-0000-4000-8000-000000000000')
    .replace(/:[A-Za-z]+/g, 'none')
    .replace(/\*$/, 'manifest.json');

/** Answers that do not end, or that end what the walk walks with. */
const isSkipped = ({ method, url }: AccessRow) =>
  url === '/api/events' ||
  (method === 'DELETE' && ['/api/session', '/api/account/sessions'].includes(url)) ||
  method === 'OPTIONS';

const call = (row: AccessRow, headers: Record<string, string>) =>
  tested.console.app.inject({ method: row.method as 'GET', url: fill(row.url), headers });

async function makeKey(scopes: readonly string[]): Promise<Record<string, string>> {
  const administrator = await tested.logIn('administrator-01');
  const made = await administrator.post('/api/keys', { name: 'walk', scopes, days: 1, perMinute: 6000 });
  return { authorization: `Bearer ${readReply<{ token: string }>(made, 201).token}` };
}

describe('every route that is registered', () => {
  test('is in the table, with HEAD beside GET, and there are many', () => {
    expect(table.length).toBeGreaterThan(150);
    expect(table.some(({ method, url }) => method === 'HEAD' && url === '/api/cases')).toBe(true);
    const open = table.filter(({ permission }) => permission === 'public').map(({ url }) => url);
    // What anybody may ask is written out here, so that nothing becomes public unseen.
    // The files of the API's own page are left out: they are nobody's data.
    const listed = [...new Set(open)].filter((url) => /^\/api\/(?!docs(?:\/|$))/.test(url));
    expect(listed.toSorted()).toEqual(publicRoutes);
  });

  test('answers nobody who is not logged in, but where it is public', async () => {
    for (const row of table.filter((one) => one.permission !== 'public')) {
      const { statusCode } = await call(row, {});
      expect({ ...row, statusCode }).toEqual({ ...row, statusCode: 401 });
    }
  });

  test('answers no made-up key', async () => {
    const headers = { authorization: `Bearer xj_${'0'.repeat(16)}_${'A'.repeat(43)}` };
    for (const row of table.filter((one) => one.permission !== 'public'))
      expect({ ...row, status: (await call(row, headers)).statusCode }).toEqual({ ...row, status: 401 });
  });

  test.each(roles)('%s: refused where the post has no business and nowhere else', async (role) => {
    const user = await tested.logIn(`only-${role}`);
    for (const row of table) {
      const { permission } = row;
      if (permission === 'public' || isSkipped(row)) continue;
      const reply = await user.inject({ method: row.method as 'GET', url: fill(row.url) });
      const isTheirs = permission === 'session' || permission === 'self' || posts[role].includes(permission);
      const isRefused = reply.statusCode === 403;
      // Asked without a body an indicator, say, may still be refused for another reason: then it says so itself.
      const isByPost = isRefused && (row.method === 'HEAD' || /it is for /.test(reply.body));
      expect({ ...row, isRefused: isTheirs ? isByPost && row.method !== 'HEAD' : isByPost }).toEqual({
        ...row,
        isRefused: !isTheirs,
      });
      expect({ ...row, isServerFault: reply.statusCode >= 500 }).toEqual({ ...row, isServerFault: false });
    }
  });
});

const publicRoutes = [
  '/api/health',
  '/api/inbox/:integration',
  '/api/openapi.json',
  '/api/session',
  '/api/session/enforcement-code',
  '/api/session/oidc',
  '/api/session/oidc/callback',
  '/api/session/ways',
];

describe('a key of another system', () => {
  test.each(machineScopes)('with %s alone opens what that says, and only that', async (scope) => {
    const headers = await makeKey([scope]);
    for (const row of table) {
      if (row.permission === 'public' || isSkipped(row)) continue;
      const isReading = row.method === 'GET' || row.method === 'HEAD';
      const needed = row.permission === 'session' ? 'directory.read' : row.permission;
      const isOpen = needed === scope && (isReading || !scope.endsWith('.read'));
      const { statusCode } = await call(row, headers);
      expect({ ...row, isRefused: statusCode === 403 }).toEqual({ ...row, isRefused: !isOpen });
      expect({ ...row, isServerFault: statusCode >= 500 }).toEqual({ ...row, isServerFault: false });
    }
  });

  test('with every scope there is takes no decision, sees nothing whole and keeps no accounts', async () => {
    const headers = await makeKey(machineScopes);
    const human = table.filter(
      ({ url, method }) =>
        /^\/api\/(candidates|evidence|custody|accounts?|keys|audit|session|events|plates)/.test(url) ||
        /\/actions\//.test(url) ||
        (/registries|cameras/.test(url) && method !== 'GET' && method !== 'HEAD'),
    );
    expect(human.length).toBeGreaterThan(100);
    for (const row of human.filter((one) => one.permission !== 'public'))
      expect({ ...row, status: (await call(row, headers)).statusCode }).toEqual({ ...row, status: 403 });
  });

  test('comes before a cookie: a key that does not do it is not helped by somebody’s session', async () => {
    const user = await tested.logIn('reviewer-01');
    const headers = await makeKey(['cases.read']);
    expect((await user.get('/api/candidates', headers)).statusCode).toBe(403);
    expect((await user.get('/api/candidates')).statusCode).toBe(200);
  });
});

describe('the roster', () => {
  let city: TestConsole;
  let caseNo: string;
  const at = (text: string) => {
    city.clock.nowMs = Date.parse(`${text}+08:00`);
  };
  /** Whether a dispatcher's step comes through the door: there is no such case. */
  const act = async (username: string, step = 'dispatch') =>
    (await city.logIn(username)).post(`/api/cases/none/actions/${step}`, { version: 1 });

  beforeAll(async () => {
    const intake = await tested.logIn('intake-01');
    const reply = await intake.post('/api/reports', { source: 'public', offence: 'clutter', address: 'x' });
    ({ caseNo } = readReply<{ caseNo: string }>(reply, 201));
    city = await openTestConsole(databaseUrl, { roster: { enforced: true } });
    await sql.query(`
      insert into account (username, display_name, password_hash, roles, unit_id)
      select 'dispatcher-02', '派单员 02', password_hash, '{dispatcher}', null from account where username = 'demo';
      insert into person (id, post, number, unit_id, username, is_active) values
        ('d1', 'dispatcher', 1, null, 'dispatcher-01', true), ('d2', 'dispatcher', 2, null, 'dispatcher-02', true),
        ('d3', 'dispatcher', 3, null, null, true), ('c1', 'commander', 1, null, 'commander-01', true),
        ('o1', 'officer', 1, 'sanitation', 'only-officer', true);
      insert into duty (date, shift, person_id, from_time, to_time) values
        ('2026-03-02', 'day', 'd1', '08:00', '20:00'), ('2026-03-02', 'night', 'd2', '20:00', '08:00'),
        ('2026-03-04', 'day', 'd3', '08:00', '20:00'), ('2026-03-02', 'day', 'o1', '08:00', '20:00')`);
  });
  afterAll(() => city?.close());

  test.each<[string, string, boolean, boolean]>([
    ['nobody is entered yet', '2026-03-02T07:59:59', true, true],
    ['by day', '2026-03-02T08:00:00', true, false],
    ['the shifts change', '2026-03-02T20:00:00', false, true],
    ['past midnight', '2026-03-03T07:59:59', false, true],
    ['nobody is entered any more', '2026-03-03T08:00:00', true, true],
    ['who is entered has no account', '2026-03-04T10:00:00', true, true],
  ])('%s', async (_what, time, first, second) => {
    at(time);
    const answers = await Promise.all([act('dispatcher-01'), act('dispatcher-02'), act('commander-01')]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([first ? 404 : 403, second ? 404 : 403, 404]);
  });

  test('who is not on duty hears who is, looks on, and is offered no step; the refusal is on record', async () => {
    at('2026-03-02T10:00:00');
    const refused = readReply<{ error: object }>(await act('dispatcher-02'), 403);
    expect(refused.error).toMatchObject({
      code: 'off_duty',
      message: 'dispatcher-02 is not on duty as dispatcher: on duty now dispatcher 01 (until 20:00)',
      details: { posts: ['dispatcher'], onDuty: [{ post: 'dispatcher', number: 1, until: '20:00' }] },
    });
    const { rows } = await sql.query(
      `select distinct result from audit_log where actor = 'dispatcher-02' and reason like '%not on duty%'`,
    );
    expect(rows).toEqual([{ result: 'refused' }]);
    await sql.query(`update case_file set state = 'registered' where case_no = $1`, [caseNo]);
    const readActions = async (username: string) => {
      const reply = await (await city.logIn(username)).get(`/api/cases/${caseNo}`);
      return readReply<{ actions: string[] }>(reply).actions;
    };
    expect(await readActions('dispatcher-01')).toContain('dispatch');
    expect(await readActions('dispatcher-02')).toEqual([]);
    const now = readReply<object>(await (await city.logIn('dispatcher-02')).get('/api/roster/now'));
    expect(now).toMatchObject({
      enforced: true,
      onDuty: [
        { post: 'dispatcher', number: 1, unit: null, shift: 'day', until: '20:00' },
        { post: 'officer', number: 1, unit: 'sanitation' },
      ],
    });
  });

  test('another post that somebody holds is not touched; nor is a unit by another unit’s roster', async () => {
    at('2026-03-02T10:00:00');
    // Of the demo account's posts only that of the dispatcher is another's now: the commander's remains for the same step.
    expect((await act('demo')).statusCode).toBe(404);
    expect((await act('demo', 'endorse_appeal')).statusCode).toBe(403);
    expect((await act('squad-01', 'receive')).statusCode).toBe(404);
    await sql.query(`update account set is_locked = true where username = 'dispatcher-01'`);
    expect((await act('dispatcher-02')).statusCode).toBe(404);
    await sql.query(`update account set is_locked = false where username = 'dispatcher-01'`);
    // Elsewhere the same roster only says who is there.
    expect(
      (await (await tested.logIn('dispatcher-02')).post('/api/cases/none/actions/dispatch', { version: 1 }))
        .statusCode,
    ).toBe(404);
  });
});
