import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  nextAddress,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
  testPassword,
} from '../../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import type { AccountView } from './schema.ts';

let postgres: TestPostgres;
let url: string;
let tested: TestConsole;
let sql: Client;
let administrator: TestUser;
let security: TestUser;

beforeAll(async () => {
  postgres = await startTestPostgres();
  url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  administrator = await tested.logIn('administrator-01');
  security = await tested.logIn('security-01');
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

const tryLogIn = (username: string, password: string, app = tested.console.app, cookies = {}) =>
  app.inject({
    method: 'POST',
    url: '/api/session',
    remoteAddress: nextAddress(),
    payload: { username, password },
    cookies,
  });

async function enter(
  username: string,
  password: string,
): Promise<
  (method: 'GET' | 'PUT' | 'DELETE' | 'POST', url: string, body?: object) => ReturnType<TestUser['get']>
> {
  const reply = await tryLogIn(username, password);
  readReply(reply);
  const token = reply.cookies[0]?.value ?? '';
  return (method, to, body) =>
    tested.console.app.inject({
      method,
      url: to,
      cookies: { xunjie_session: token },
      ...(body !== undefined && { payload: body }),
    });
}

const put = (user: TestUser, to: string, body: object) =>
  user.inject({ method: 'PUT', url: to, payload: body });
const plain = { displayName: '派单员 07', roles: ['dispatcher'], unitId: null };

async function make(username: string, body: object = {}) {
  const reply = await administrator.post('/api/accounts', { username, ...plain, ...body });
  return readReply<{ account: AccountView; oneTimePassword: string }>(reply, 201);
}

async function findId(username: string): Promise<string> {
  const { rows } = await sql.query<{ id: string }>('select id from account where username = $1', [username]);
  return rows[0]?.id ?? '';
}

async function listAudit(objectId: string): Promise<string[]> {
  const { rows } = await sql.query<{ line: string }>(
    `select action || ' ' || result || ' by ' || actor as line from audit_log where object_id = $1 order by seq`,
    [objectId],
  );
  return rows.map(({ line }) => line);
}

describe('an account that the administrator makes', () => {
  test('comes in with its one-time password, and does nothing before it has its own', async () => {
    const { oneTimePassword } = await make('dispatcher-07');
    const ask = await enter('dispatcher-07', oneTimePassword);
    expect((await ask('GET', '/api/session')).json()).toMatchObject({ duty: 'password' });
    for (const to of ['/api/cases', '/api/units'])
      expect(readReply(await ask('GET', to), 403)).toMatchObject({
        error: { code: 'password_change_required' },
      });

    const other = await enter('dispatcher-07', oneTimePassword);
    const change = (current: string, next: string) => ask('PUT', '/api/account/password', { current, next });
    expect((await change('not it', 'a good long sentence')).statusCode).toBe(401);
    for (const weak of [
      'short-1',
      'dispatcher-07!',
      'Password123456',
      '1234567890',
      'aaaaaaaaaa1',
      'onlyletters',
      'qwertyuiop12',
    ])
      expect(readReply(await change(oneTimePassword, weak), 422)).toMatchObject({
        error: { code: 'weak_password' },
      });
    expect((await change(oneTimePassword, oneTimePassword)).statusCode).toBe(422);
    expect((await change(oneTimePassword, 'plane 7 tree lane')).statusCode).toBe(204);

    expect((await ask('GET', '/api/cases')).statusCode).toBe(200);
    expect((await other('GET', '/api/session')).statusCode).toBe(401);
    expect((await tryLogIn('dispatcher-07', oneTimePassword)).statusCode).toBe(401);
    expect((await tryLogIn('dispatcher-07', 'plane 7 tree lane')).statusCode).toBe(200);
    expect(await listAudit('dispatcher-07')).toEqual(
      expect.arrayContaining([
        'account.make done by administrator-01',
        'account.change_password done by dispatcher-07',
      ]),
    );
  });

  test('has three days for its first login', async () => {
    const { oneTimePassword } = await make('dispatcher-08');
    tested.clock.nowMs += 72 * 3_600_000;
    expect(readReply(await tryLogIn('dispatcher-08', oneTimePassword), 403)).toMatchObject({
      error: { message: expect.stringContaining('has run out') },
    });
    administrator = await tested.logIn('administrator-01');
    security = await tested.logIn('security-01');
  });

  test.each([
    [{ username: 'Upper' }, 400],
    [{ username: 'dispatcher-07' }, 409],
    [{ username: 'x-1', unitId: 'nowhere' }, 400],
    [{ username: 'x-2', limitGridIds: ['nowhere'] }, 400],
    [{ username: 'x-3', roles: ['king'] }, 400],
    [{ username: 'x-4', roles: ['auditor'] }, 403],
    [{ username: 'x-5', roles: ['administrator'] }, 403],
  ])('is refused with %j: %i', async (body, status) => {
    expect((await administrator.post('/api/accounts', { ...plain, ...body })).statusCode).toBe(status);
  });

  test('loses a post with the very next request', async () => {
    const { account, oneTimePassword } = await make('dispatcher-09');
    const ask = await enter('dispatcher-09', oneTimePassword);
    await ask('PUT', '/api/account/password', { current: oneTimePassword, next: 'plane 9 tree lane' });
    expect((await ask('GET', '/api/cases')).statusCode).toBe(200);
    readReply(await put(administrator, `/api/accounts/${account.id}`, { ...plain, roles: [] }));
    expect((await ask('GET', '/api/cases')).statusCode).toBe(403);
    expect(await listAudit('dispatcher-09')).toContain('account.change done by administrator-01');
  });
});

describe('those who keep the system', () => {
  test('do nothing to their own account', async () => {
    const own = await findId('administrator-01');
    for (const act of ['lock', 'unlock', 'end-sessions', 'reset-password', 'reset-second-factor'])
      expect((await administrator.post(`/api/accounts/${own}/${act}`)).statusCode).toBe(403);
    expect((await put(administrator, `/api/accounts/${own}`, plain)).statusCode).toBe(403);
    const ownOfSecurity = await findId('security-01');
    expect((await put(security, `/api/accounts/${ownOfSecurity}/keeper`, { role: null })).statusCode).toBe(
      403,
    );
  });

  test('are made by the security administrator alone, and have no other post', async () => {
    const { account } = await make('auditor-02', { displayName: '审计员 02', roles: [] });
    const to = `/api/accounts/${account.id}/keeper`;
    expect((await put(administrator, to, { role: 'auditor' })).statusCode).toBe(403);
    expect(readReply(await put(security, to, { role: 'auditor' }))).toMatchObject({ roles: ['auditor'] });
    expect((await put(administrator, `/api/accounts/${account.id}`, plain)).statusCode).toBe(403);
    const worker = await make('dispatcher-10');
    expect(
      (await put(security, `/api/accounts/${worker.account.id}/keeper`, { role: 'auditor' })).statusCode,
    ).toBe(409);
  });

  test('do not come in with each other’s passwords: who may set one is not who could gain by it', async () => {
    const [auditor, securityId, reviewer] = await Promise.all(
      ['auditor-01', 'security-01', 'reviewer-01'].map(findId),
    );
    for (const act of ['reset-password', 'reset-second-factor']) {
      expect((await administrator.post(`/api/accounts/${auditor}/${act}`)).statusCode).toBe(403);
      expect((await administrator.post(`/api/accounts/${securityId}/${act}`)).statusCode).toBe(403);
      expect((await security.post(`/api/accounts/${reviewer}/${act}`)).statusCode).toBe(403);
    }
  });

  test('see no case, no candidate and no evidence', async () => {
    for (const user of [administrator, security])
      for (const to of [
        '/api/cases',
        '/api/candidates',
        `/api/evidence/${'a'.repeat(64)}/manifest.json`,
        '/api/indicators?from=2026-01-01&to=2026-02-01',
      ])
        expect((await user.get(to)).statusCode).toBe(403);
  });

  test('are made where there are none, with a password that is told once', async () => {
    const alone = await openTestConsole(await postgres.createDatabase());
    expect(await alone.console.ensureKeepers()).toEqual([]); // the demo has them
    await alone.close();

    await sql.query(`update account set roles = '{}' where username in ('administrator-01', 'security-01')`);
    const told = await tested.console.ensureKeepers();
    expect(told.map(({ username }) => username)).toEqual(['administrator', 'security-administrator']);
    // Nobody has come in: the next start tells another one, and the first is void.
    expect(await tested.console.ensureKeepers()).toEqual([]); // another console, at the same moment
    tested.clock.nowMs += 2 * 60_000;
    const again = await tested.console.ensureKeepers();
    expect(again).toHaveLength(2);
    expect((await tryLogIn('administrator', told[0]?.oneTimePassword ?? '')).statusCode).toBe(401);
    const reply = await tryLogIn('administrator', again[0]?.oneTimePassword ?? '');
    expect(readReply(reply)).toMatchObject({ duty: 'password', user: { roles: ['administrator'] } });
    // Who has come in keeps the password; the other, told long enough ago, gets a new one.
    tested.clock.nowMs += 2 * 60_000;
    expect((await tested.console.ensureKeepers()).map(({ username }) => username)).toEqual([
      'security-administrator',
    ]);
    await sql.query(`update account set roles = '{administrator}' where username = 'administrator-01'`);
    await sql.query(`update account set roles = '{security_administrator}' where username = 'security-01'`);
    await sql.query(
      `update account set roles = '{}' where username in ('administrator', 'security-administrator')`,
    );
  });
});

describe('locks', () => {
  test('of an account end its sessions at once and are told to who has the password alone', async () => {
    const reviewer = await tested.logIn('reviewer-01');
    const id = await findId('reviewer-01');
    expect(readReply(await security.post(`/api/accounts/${id}/lock`))).toMatchObject({
      isLocked: true,
      sessions: 0,
    });
    expect((await reviewer.get('/api/session')).statusCode).toBe(401);
    expect(readReply(await tryLogIn('reviewer-01', 'wrong'), 401)).toMatchObject({
      error: { message: 'wrong user name or password' },
    });
    expect(readReply(await tryLogIn('reviewer-01', testPassword), 403)).toMatchObject({
      error: { message: expect.stringContaining('locked') },
    });
    // To stop somebody either is enough; to let them in again the administrator is needed.
    expect((await security.post(`/api/accounts/${id}/unlock`)).statusCode).toBe(403);
    readReply(await administrator.post(`/api/accounts/${id}/unlock`));
    expect((await tryLogIn('reviewer-01', testPassword)).statusCode).toBe(200);
  });

  test('after five wrong passwords hold in another console, after a restart, and until they are opened', async () => {
    for (let attempt = 0; attempt < 5; attempt++) await tryLogIn('reviewer-02', 'wrong');
    const other = await openTestConsole(url, { nowMs: () => tested.clock.nowMs });
    // The demo's seeding opens names: lock it again, across both consoles.
    for (let attempt = 0; attempt < 5; attempt++)
      await tryLogIn('reviewer-02', 'wrong', attempt % 2 === 0 ? tested.console.app : other.console.app);
    expect((await tryLogIn('reviewer-02', testPassword, other.console.app)).statusCode).toBe(429);
    expect((await tryLogIn('reviewer-02', testPassword)).statusCode).toBe(429);
    await other.close();
    administrator = await tested.logIn('administrator-01');
    readReply(await administrator.post(`/api/accounts/${await findId('reviewer-02')}/unlock`));
    expect((await tryLogIn('reviewer-02', testPassword)).statusCode).toBe(200);
    const lines = await sql.query(
      `select count(*)::int as n from audit_log where actor = 'reviewer-02' and reason = 'name is locked'`,
    );
    expect(lines.rows).toEqual([{ n: 2 }]);
  });

  test('count wrong passwords in one’s own session too: it is no place to guess', async () => {
    const ask = await enter('shift-leader-01', testPassword);
    const guess = () => ask('PUT', '/api/account/password', { current: 'guess', next: 'plane 3 tree lane' });
    for (let attempt = 0; attempt < 5; attempt++) expect((await guess()).statusCode).toBe(401);
    expect((await guess()).statusCode).toBe(429);
  });
});

describe('sessions', () => {
  test('a login ends the session that the browser had', async () => {
    const before = (await tryLogIn('intake-01', testPassword)).cookies[0]?.value ?? '';
    const after = await tryLogIn('intake-01', testPassword, tested.console.app, { xunjie_session: before });
    expect(after.cookies[0]?.value).not.toBe(before);
    const left = await tested.console.app.inject({
      url: '/api/session',
      cookies: { xunjie_session: before },
    });
    expect(left.statusCode).toBe(401);
  });

  test('are listed with where they are, and ended one by one or all', async () => {
    const [here, there] = [
      await enter('commander-01', testPassword),
      await enter('commander-01', testPassword),
    ];
    const list = (await here('GET', '/api/account/sessions')).json<
      { id: string; isThis: boolean; ip: string }[]
    >();
    expect(list.filter(({ isThis }) => isThis)).toHaveLength(1);
    expect(list[0]?.ip).toMatch(/^10\./);
    const stranger = await enter('dispatcher-01', testPassword);
    const other = list.find(({ isThis }) => !isThis);
    expect((await stranger('DELETE', `/api/account/sessions/${other?.id}`)).statusCode).toBe(404);
    expect((await here('DELETE', `/api/account/sessions/${other?.id}`)).statusCode).toBe(204);
    expect((await there('GET', '/api/session')).statusCode).toBe(401);
    const third = await enter('commander-01', testPassword);
    expect((await here('DELETE', '/api/account/sessions')).statusCode).toBe(204);
    for (const ask of [here, third]) expect((await ask('GET', '/api/session')).statusCode).toBe(401);
  });
});
