import type { HTTPMethods } from 'fastify';
import Fastify from 'fastify';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CaseAction, enforcementActions, roles } from '../../domain/mod.ts';
import {
  nextAddress,
  openTestConsole,
  readReply,
  type TestConsole,
  testPassword,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { posts } from '../../test/support/posts.ts';
import { guardAccess } from './access.ts';
import { listPosts, type Permission } from './permissions.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  // One account for each post, with the demo's password.
  for (const role of roles)
    await sql.query(
      `insert into account (username, display_name, password_hash, roles, unit_id)
       select $1, $1, password_hash, array[$2], unit_id from account where username = 'squad-01'`,
      [`only-${role}`, role],
    );
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

const hash = 'a'.repeat(64);
const uuid = '00000000-0000-4000-8000-000000000000';

const keyNames: Readonly<Record<string, string>> = {
  cases: 'caseNo',
  enforcement: 'caseNo',
  inbox: 'integration',
};

/** A route for each step that somebody takes on a case. */
const caseSteps = `
  verify_request verify_done accept refuse register decline dispatch receive
  return reassign dispose send_check check_pass check_fail close void
  self_dispose approve_self_disposal reject_self_disposal coordinate consult give_opinion decide apply_return refuse_return apply_extension
  apply_suspension endorse extend refuse_extension suspend refuse_suspension resume force_close
  apply_void refuse_void merge split reopen urge supervise judge_omission apply_appeal
  endorse_appeal grant_appeal refuse_appeal`
  .trim()
  .split(/\s+/) as CaseAction[];

/** What people keep, and who keeps it. */
const registryRoutes = (
  [
    ['units', 'registries.edit'],
    ['grids', 'registries.edit'],
    ['regions', 'registries.edit'],
    ['people', 'registries.edit'],
    ['grid-collectors', 'registries.edit'],
    ['duty', 'registries.edit'],
    ['classes', 'registries.edit'],
    ['standards', 'registries.edit'],
    ['routing', 'registries.edit'],
    ['calendar-days', 'registries.edit'],
    ['work-hours', 'registries.edit'],
    ['stage-limits', 'registries.edit'],
    ['offence-items', 'registries.law'],
    ['camera-places', 'registries.cameras'],
  ] as const
).flatMap(([name, edit]): [HTTPMethods, string, Permission][] => [
  ['GET', `/api/registries/${name}`, 'session'],
  ['GET', `/api/registries/${name}/none`, 'session'],
  ['PUT', `/api/registries/${name}/none`, edit],
  ['DELETE', `/api/registries/${name}/none`, edit],
  ['POST', `/api/registries/${name}/import`, edit],
  ['GET', `/api/registries/${name}/none/history`, edit],
]);

/** Every route of the contract with the posts that may call it; `any` is anybody logged in. */
const routes: readonly [HTTPMethods, string, Permission][] = [
  ['GET', '/api/health', 'public'],
  ['GET', '/api/openapi.json', 'public'],
  ['POST', '/api/session', 'public'],
  ['GET', '/api/session/ways', 'public'],
  ['GET', '/api/session/oidc', 'public'],
  ['GET', '/api/session/oidc/callback', 'public'],
  ['GET', '/api/session', 'self'],
  ['DELETE', '/api/session', 'self'],
  ['GET', '/api/account', 'self'],
  ['PUT', '/api/account/password', 'self'],
  ['GET', '/api/account/sessions', 'self'],
  ['DELETE', '/api/account/sessions', 'self'],
  ['DELETE', `/api/account/sessions/${uuid}`, 'self'],
  ['POST', '/api/account/totp', 'self'],
  ['POST', '/api/account/totp/confirm', 'self'],
  ['POST', '/api/account/totp/recovery-codes', 'self'],
  ['POST', '/api/account/totp/remove', 'self'],
  ['GET', '/api/accounts', 'accounts.read'],
  ['POST', '/api/accounts', 'accounts.manage'],
  ['PUT', `/api/accounts/${uuid}`, 'accounts.manage'],
  ['PUT', `/api/accounts/${uuid}/keeper`, 'accounts.appoint'],
  ['PUT', `/api/accounts/${uuid}/subject`, 'accounts.reset'],
  ['POST', `/api/accounts/${uuid}/lock`, 'accounts.stop'],
  ['POST', `/api/accounts/${uuid}/unlock`, 'accounts.manage'],
  ['POST', `/api/accounts/${uuid}/end-sessions`, 'accounts.stop'],
  ['POST', `/api/accounts/${uuid}/reset-password`, 'accounts.reset'],
  ['POST', `/api/accounts/${uuid}/reset-second-factor`, 'accounts.reset'],
  ['GET', '/api/keys', 'keys.read'],
  ['POST', '/api/keys', 'keys.make'],
  ['POST', `/api/keys/${uuid}/revoke`, 'keys.revoke'],
  ['GET', '/api/audit', 'audit.read'],
  ['GET', '/api/candidates', 'candidates.read'],
  ['GET', '/api/candidates/none', 'candidates.read'],
  ['POST', '/api/candidates/none/lease', 'candidates.decide'],
  ['DELETE', '/api/candidates/none/lease', 'candidates.decide'],
  ['POST', '/api/candidates/none/confirm', 'candidates.decide'],
  ['POST', '/api/candidates/none/stills-shown', 'candidates.decide'],
  ['POST', '/api/candidates/none/reject', 'candidates.decide'],
  ['POST', '/api/candidates/batch-reject', 'candidates.decide'],
  ['POST', '/api/candidates/none/ask-evidence', 'candidates.decide'],
  ['POST', '/api/candidates/none/remind', 'candidates.decide'],
  ['POST', '/api/candidates/none/merge', 'candidates.decide'],
  ['POST', '/api/candidates/none/undo', 'candidates.decide'],
  ['POST', '/api/candidates/none/answer-evidence', 'candidates.answer_evidence'],
  ['POST', '/api/candidates/none/appeal', 'candidates.appeal'],
  ['GET', '/api/review-agreement', 'reviews.compare'],
  ['GET', '/api/tuning-set', 'tuning_set.read'],
  ['GET', `/api/tuning-set/${uuid}/crop`, 'tuning_set.read'],
  ['GET', `/api/evidence/${hash}/manifest.json`, 'evidence.read'],
  ['GET', `/api/evidence/${hash}/export`, 'evidence.read'],
  ['PUT', '/api/candidates/none/plate', 'plates.enter'],
  ['GET', '/api/candidates/none/plate', 'plates.read'],
  ['POST', '/api/candidates/none/plate/reveal', 'plates.read'],
  ['GET', '/api/custody', 'custody.read'],
  ['GET', '/api/custody/roots', 'custody.read'],
  ['GET', '/api/custody/export', 'custody.export'],
  ['GET', `/api/custody/packages/${hash}/hold`, 'custody.read'],
  ['POST', `/api/custody/packages/${hash}/hold`, 'evidence.hold'],
  ['POST', `/api/custody/packages/${hash}/release`, 'evidence.hold'],
  ['POST', `/api/custody/packages/${hash}/purpose`, 'evidence.read'],
  ['POST', `/api/custody/packages/${hash}/verify`, 'evidence.verify'],
  ['GET', '/api/cases', 'cases.read'],
  ['GET', '/api/cases/none', 'cases.read'],
  ...caseSteps.map((step): [HTTPMethods, string, Permission] => [
    'POST',
    `/api/cases/none/actions/${step}`,
    `cases.${step}`,
  ]),
  ['POST', '/api/reports', 'reports.add'],
  ...registryRoutes,
  ['GET', '/api/registries', 'session'],
  ['GET', '/api/grids/at', 'session'],
  ['GET', '/api/indicators', 'indicators.read'],
  ['POST', '/api/photos', 'photos.add'],
  ['GET', `/api/photos/${uuid}`, 'cases.read'],
  ['GET', '/api/units', 'session'],
  ['GET', '/api/roster/now', 'session'],
  ['GET', '/api/standards', 'session'],
  ['GET', '/api/cameras', 'session'],
  ['GET', '/api/cameras/none/attestations', 'session'],
  ['POST', '/api/cameras/none/accept-view', 'cameras.accept_view'],
  ['PUT', '/api/cameras/none/attestations/legal_review', 'cameras.attest_law'],
  ['DELETE', '/api/cameras/none/attestations/legal_review', 'cameras.attest_law'],
  ['PUT', '/api/cameras/none/attestations/technical_review', 'cameras.attest_technique'],
  ['DELETE', '/api/cameras/none/attestations/technical_review', 'cameras.attest_technique'],
  ['PUT', '/api/cameras/none/attestations/sign', 'cameras.attest_technique'],
  ['DELETE', '/api/cameras/none/attestations/sign', 'cameras.attest_technique'],
  ['PUT', '/api/cameras/none/attestations/publication', 'cameras.attest_law'],
  ['DELETE', '/api/cameras/none/attestations/publication', 'cameras.attest_law'],
  ['GET', '/api/integrations', 'integrations.read'],
  ['POST', '/api/integrations', 'integrations.edit'],
  ['GET', '/api/integrations/none', 'integrations.read'],
  ['PUT', '/api/integrations/none', 'integrations.edit'],
  ['DELETE', '/api/integrations/none', 'integrations.edit'],
  ['POST', '/api/integrations/none/state', 'integrations.edit'],
  ['POST', '/api/integrations/none/rotate-secret', 'integrations.edit'],
  ['POST', '/api/integrations/none/ping', 'integrations.edit'],
  ['POST', '/api/inbox/none', 'public'],
  ['GET', '/api/inbox', 'integrations.read'],
  ['POST', '/api/inbox/none/replay', 'integrations.edit'],
  ['GET', '/api/positions', 'cases.read'],
  ['POST', '/api/session/enforcement-code', 'public'],
  ['GET', '/api/enforcement', 'enforcement.read'],
  ['GET', '/api/enforcement/none', 'enforcement.read'],
  ...enforcementActions.map((action): [HTTPMethods, string, Permission] => [
    'POST',
    `/api/enforcement/none/actions/${action}`,
    `enforcement.${action}`,
  ]),
  ['GET', '/api/cases/none/contact', 'contacts.read'],
  ['GET', '/api/outbox', 'integrations.read'],
  ['GET', `/api/outbox/${uuid}`, 'integrations.read'],
  ['POST', `/api/outbox/${uuid}/replay`, 'integrations.edit'],
  ['POST', `/api/outbox/${uuid}/drop`, 'integrations.edit'],
  ['GET', '/api/summary', 'session'],
  ['GET', '/api/wall', 'wall.read'],
  ['GET', '/api/events', 'self'],
];

const endsSession = (method: unknown, url: string) =>
  method === 'DELETE' && ['/api/session', '/api/account/sessions'].includes(url);

describe('routes and posts', () => {
  test('the list above has every route that the server has', () => {
    const spec = tested.console.app.swagger() as { paths: Record<string, object> };
    const all = Object.entries(spec.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const listed = routes.map(([method, path]) =>
      `${method} ${path}`
        .replace(
          /\/(candidates|cases|cameras|integrations|inbox|enforcement)\/none/,
          (_match, kind: string) => `/${kind}/{${keyNames[kind] ?? 'id'}}`,
        )
        .replace(/(registries\/[a-z-]+)\/none/, '$1/{key}')
        .replace(`${hash}/manifest.json`, '{manifestHash}/{*}')
        .replace(hash, '{manifestHash}')
        .replace(uuid, '{id}'),
    );
    // Open311 stands outside /api and is for everybody.
    const served = all.filter((route) => route.includes(' /api/'));
    expect(listed.filter((route) => route !== 'GET /api/openapi.json').toSorted()).toEqual(served.toSorted());
  });

  test.each(routes.filter(([, , permission]) => permission !== 'public'))(
    '%s %s without a session: 401',
    async (method, url) => {
      const reply = await tested.console.app.inject({ method: method as 'GET', url });
      expect(readReply(reply, 401)).toEqual({
        error: { code: 'unauthenticated', message: 'not logged in, or the session has ended', details: {} },
      });
    },
  );

  test.each(roles)('%s: 403 where the post has no business, and no 403 elsewhere', async (role) => {
    const user = await tested.logIn(`only-${role}`);
    for (const [method, url, permission] of routes) {
      if (permission === 'public' || url === '/api/events' || endsSession(method, url)) continue;
      const reply = await user.inject({ method: method as 'GET', url });
      const isHis = permission === 'session' || permission === 'self' || posts[role].includes(permission);
      expect({ method, url, refused: reply.statusCode === 403 }).toEqual({ method, url, refused: !isHis });
      expect(reply.statusCode).toBeLessThan(500);
      if (!isHis)
        expect(reply.json<{ error: { message: string } }>().error.message).toContain(
          listPosts(permission).join(', '),
        );
    }
  });

  test('a route below /api that declares no permission does not start', () => {
    const app = Fastify();
    guardAccess(app, { nowMs: () => 0 } as Parameters<typeof guardAccess>[1]);
    expect(() => app.route({ method: 'GET', url: '/api/open', handler: async () => 'x' })).toThrow(
      'declares no permission',
    );
  });
});

describe('logging in', () => {
  const tryLogIn = (username: string, password: string) =>
    tested.console.app.inject({
      method: 'POST',
      url: '/api/session',
      remoteAddress: nextAddress(),
      payload: { username, password },
    });

  test('says the same for an unknown name and a wrong password, and locks both after five', async () => {
    for (const username of ['clerk-99', 'reviewer-02']) {
      for (let attempt = 1; attempt <= 5; attempt++)
        expect(readReply(await tryLogIn(username, 'wrong'), 401)).toMatchObject({
          error: { code: 'wrong_credentials', message: 'wrong user name or password' },
        });
      for (const password of ['wrong', testPassword])
        expect(readReply(await tryLogIn(username, password), 429)).toMatchObject({
          error: { code: 'too_many_requests', message: expect.stringContaining('open again at 10:15') },
        });
    }
    tested.clock.nowMs += 15 * 60_000;
    expect((await tryLogIn('reviewer-02', testPassword)).statusCode).toBe(200);
  });

  test('counts attempts that come at the same moment', async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, () => tryLogIn('clerk-98', 'wrong')));
    expect(replies.filter((reply) => reply.statusCode === 401)).toHaveLength(5);
    expect(replies.filter((reply) => reply.statusCode === 429)).toHaveLength(7);
  });

  test('sets a cookie that scripts cannot read, secure only behind https', async () => {
    const plain = await tryLogIn('clerk-97', 'wrong');
    expect(plain.cookies).toEqual([]);
    const cookie = (await tryLogIn('intake-01', testPassword)).cookies[0];
    expect(cookie).toMatchObject({ name: 'xunjie_session', httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(cookie?.secure).toBeUndefined();
    const behindTls = await tested.console.app.inject({
      method: 'POST',
      url: '/api/session',
      remoteAddress: '127.0.0.1',
      headers: { 'x-forwarded-proto': 'https' },
      payload: { username: 'intake-01', password: testPassword },
    });
    expect(behindTls.cookies[0]?.secure).toBe(true);
    const { rows } = await sql.query<{ token_hash: string }>('select token_hash from session');
    expect(rows.map((row) => row.token_hash)).not.toContain(cookie?.value);
  });

  test('a session ends by logging out, by half an hour of silence, and after twelve hours', async () => {
    const left = await tested.logIn('intake-01');
    expect(readReply(await left.get('/api/session'))).toMatchObject({
      user: { username: 'intake-01', roles: ['intake_officer'], unit: null },
    });
    expect((await left.delete('/api/session')).statusCode).toBe(204);
    expect((await left.get('/api/session')).statusCode).toBe(401);

    const silent = await tested.logIn('intake-01');
    tested.clock.nowMs += 29 * 60_000;
    expect((await silent.get('/api/session')).statusCode).toBe(200);
    tested.clock.nowMs += 30 * 60_000;
    expect((await silent.get('/api/session')).statusCode).toBe(401);

    const busy = await tested.logIn('intake-01');
    for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      tested.clock.nowMs += 20 * 60_000;
      expect((await busy.get('/api/session')).statusCode).toBe(200);
    }
    tested.clock.nowMs += 20 * 60_000;
    expect((await busy.get('/api/session')).statusCode).toBe(401);
  });

  test('seeding the demo again ends its sessions and sets the new password', async () => {
    const before = await tested.logIn('demo');
    await tested.console.seedDemo({ password: 'another one' });
    expect((await before.get('/api/session')).statusCode).toBe(401);
    expect((await tryLogIn('demo', testPassword)).statusCode).toBe(401);
    expect((await tryLogIn('demo', 'another one')).statusCode).toBe(200);
    await tested.console.seedDemo({ password: testPassword });
  });

  test('is written to the audit log, done or refused, with the name and never a password', async () => {
    const { rows } = await sql.query<{ line: string; result: string }>(
      'select row_to_json(audit_log)::text as line, result from audit_log',
    );
    expect(new Set(rows.map((row) => row.result))).toEqual(new Set(['done', 'refused']));
    for (const { line } of rows) expect(line).not.toContain(testPassword);
  });
});

describe('a page of another site', () => {
  test.each([
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:5173' }, 204],
    [{ 'sec-fetch-site': 'none' }, 204],
    [{ origin: 'https://example.org' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://console.test:8080', host: 'console.test:8080' }, 204],
    [{}, 204],
  ])('a change with %j is answered %i', async (headers, status) => {
    const user = await tested.logIn('intake-01');
    const reply = await user.inject({ method: 'DELETE', url: '/api/session', headers });
    expect(reply.statusCode).toBe(status);
  });

  test('may read nothing either: no header invites it', async () => {
    const user = await tested.logIn('intake-01');
    const reply = await user.get('/api/session', { origin: 'https://example.org' });
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    expect(reply.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'self'"),
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
  });
});
