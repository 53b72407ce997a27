import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  nextAddress,
  openTestConsole,
  type TestConsole,
  testPassword,
} from '../../../test/support/console.ts';
import { type OidcServer, oidcClient, startOidcServer } from '../../../test/support/oidc-server.ts';
import { startTestPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import { defaultAuthSettings, type ProviderSettings } from '../auth-settings.ts';

const publicUrl = 'https://console.test';
const redirectUri = `${publicUrl}/api/session/oidc/callback`;

let postgres: TestPostgres;
let server: OidcServer;
let tested: TestConsole;
let sql: Client;

const toSettings = (issuer: string): ProviderSettings => ({
  issuer,
  clientId: oidcClient.id,
  clientSecret: oidcClient.secret,
  publicUrl,
  label: '城市统一认证',
  employeeClaim: 'employee_no',
  scopes: ['openid', 'profile'],
});

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startOidcServer(redirectUri);
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url, {
    auth: { ...defaultAuthSettings, provider: toSettings(server.issuer) },
    nowMs: Date.now, // the provider's clock is the machine's
  });
  sql = new Client(url);
  await sql.connect();
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await server?.stop();
  await postgres?.stop();
});

const get = (url: string, cookies: Record<string, string> = {}, app = tested.console.app) =>
  app.inject({ method: 'GET', url, cookies, remoteAddress: nextAddress() });

async function begin(to = '/cases?state=closed') {
  const reply = await get(`/api/session/oidc?to=${encodeURIComponent(to)}`);
  const cookie = reply.cookies.find(({ name }) => name === 'xunjie_oidc');
  return { location: String(reply.headers.location), state: cookie?.value ?? '', cookie };
}

const finish = (back: URL, state: string) =>
  get(`${back.pathname}${back.search}`, state === '' ? {} : { xunjie_oidc: state });

const sessionOf = (reply: Awaited<ReturnType<typeof get>>) =>
  reply.cookies.find(({ name, value }) => name === 'xunjie_session' && value !== '')?.value;

const readProblem = (reply: Awaited<ReturnType<typeof get>>) =>
  new URL(String(reply.headers.location), publicUrl).searchParams.get('problem');

describe('a login at the provider', () => {
  test('is offered under its label, and uses PKCE, state and nonce', async () => {
    expect((await get('/api/session/ways')).json()).toEqual({
      provider: { label: '城市统一认证', url: '/api/session/oidc' },
    });
    const { location, cookie } = await begin();
    const { origin, searchParams } = new URL(location);
    expect(origin).toBe(server.issuer);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'xunjie',
      redirect_uri: redirectUri,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/api/session/oidc/callback' });
  });

  test('lets a tied subject in, leads to the page that was wanted, and is written down', async () => {
    await sql.query(
      `update account set provider_issuer = $1, provider_subject = 'sub-1' where username = 'reviewer-01'`,
      [server.issuer],
    );
    server.person = { subject: 'sub-1' };
    const { location, state } = await begin();
    const reply = await finish(await server.walk(location), state);
    expect(reply.statusCode).toBe(302);
    expect(reply.headers.location).toBe('/cases?state=closed');
    const me = await get('/api/session', { xunjie_session: sessionOf(reply) ?? '' });
    expect(me.json()).toMatchObject({ user: { username: 'reviewer-01', roles: ['reviewer'] }, duty: null });
    const { rows } = await sql.query(
      `select result, reason from audit_log where actor = 'reviewer-01' and action = 'session.open' order by seq desc limit 1`,
    );
    expect(rows).toEqual([{ result: 'done', reason: 'by the provider' }]);
  });

  test('refuses a subject that nobody has tied, and gives it no account and no post', async () => {
    const before = await sql.query('select count(*) from account');
    server.person = { subject: 'stranger' };
    const { location, state } = await begin();
    const reply = await finish(await server.walk(location), state);
    expect(reply.headers.location).toBe('/login?problem=account_not_tied');
    expect(sessionOf(reply)).toBeUndefined();
    expect((await sql.query('select count(*) from account')).rows).toEqual(before.rows);
  });

  test('ties a subject to the account with its employee number, once', async () => {
    await sql.query(`update account set employee_no = '1001' where username = 'intake-01'`);
    server.person = { subject: 'sub-2', employeeNo: '1001' };
    const first = await begin();
    const reply = await finish(await server.walk(first.location), first.state);
    expect(sessionOf(reply)).toBeDefined();
    // Another subject with the same number finds the account tied.
    server.person = { subject: 'sub-3', employeeNo: '1001' };
    const second = await begin();
    expect(readProblem(await finish(await server.walk(second.location), second.state))).toBe(
      'account_not_tied',
    );
  });

  test('refuses a locked account', async () => {
    await sql.query(`update account set is_locked = true where username = 'intake-01'`);
    server.person = { subject: 'sub-2', employeeNo: '1001' };
    const { location, state } = await begin();
    const reply = await finish(await server.walk(location), state);
    expect(readProblem(reply)).toBe('account_locked');
    await sql.query(`update account set is_locked = false where username = 'intake-01'`);
  });

  test('leads to no other site afterwards', async () => {
    server.person = { subject: 'sub-1' };
    for (const to of ['//evil.example', 'https://evil.example', '/\\evil.example', '/api/session']) {
      const { location, state } = await begin(to);
      expect((await finish(await server.walk(location), state)).headers.location).toBe('/');
    }
  });
});

describe('what somebody else brings back is refused', () => {
  test('without the cookie of the browser that went, with another state, or a second time', async () => {
    server.person = { subject: 'sub-1' };
    const mine = await begin();
    const other = await begin();
    const back = await server.walk(mine.location);
    expect(readProblem(await finish(back, ''))).toBe('login_expired');
    expect(readProblem(await finish(back, other.state))).toBe('provider_refused');
    const good = await begin();
    const goodBack = await server.walk(good.location);
    expect(sessionOf(await finish(goodBack, good.state))).toBeDefined();
    expect(readProblem(await finish(goodBack, good.state))).toBe('login_expired');
  });

  test('with a made-up code, or with the error of the provider', async () => {
    for (const query of ['code=made-up', 'error=access_denied']) {
      const { state } = await begin();
      const back = new URL(`${redirectUri}?${query}&state=${state}&iss=${encodeURIComponent(server.issuer)}`);
      const reply = await finish(back, state);
      expect(readProblem(reply)).toBe('provider_refused');
      expect(sessionOf(reply)).toBeUndefined();
    }
  });
});

describe('a provider that does not answer', () => {
  test('is said on the login page, and the local login goes on', async () => {
    const silent = createServer(() => undefined); // accepts and says nothing
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    for (const broken of [issuer, 'http://127.0.0.1:9']) {
      const alone = await openTestConsole(await postgres.createDatabase(), {
        auth: { provider: toSettings(broken) },
      });
      const { app } = alone.console;
      const reply = await get('/api/session/oidc', {}, app);
      expect(readProblem(reply)).toBe('provider_unreachable');
      const payload = { username: 'reviewer-01', password: testPassword };
      const local = await app.inject({ method: 'POST', url: '/api/session', payload });
      expect(local.statusCode).toBe(200);
      await alone.close();
    }
    silent.close();
  });
});
