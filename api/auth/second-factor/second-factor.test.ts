import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  nextAddress,
  openTestConsole,
  readReply,
  type TestConsole,
  testPassword,
} from '../../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import { toTotpCode, toTotpStep } from './totp.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url, { auth: { secondFactorPosts: ['commander'] } });
  sql = new Client(url);
  await sql.connect();
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

const tryLogIn = (username: string, code?: string, password = testPassword) =>
  tested.console.app.inject({
    method: 'POST',
    url: '/api/session',
    remoteAddress: nextAddress(),
    payload: { username, password, ...(code !== undefined && { code }) },
  });

const codeOf = (secret: string, steps = 0) => toTotpCode(secret, toTotpStep(tested.clock.nowMs) + steps);

/** Sets a second factor up; each code that was used needs a later one after it. */
async function enrol(username: string): Promise<{ secret: string; recoveryCodes: string[] }> {
  const user = await tested.logIn(username);
  const begun = await user.post('/api/account/totp', { current: testPassword });
  const { secret } = readReply<{ secret: string }>(begun);
  const confirmed = await user.post('/api/account/totp/confirm', { code: codeOf(secret) });
  tested.clock.nowMs += 60_000;
  return { secret, ...readReply<{ recoveryCodes: string[] }>(confirmed) };
}

describe('setting a second factor up', () => {
  test('needs the password, shows a QR code, counts from its first code on, and lies encrypted', async () => {
    const user = await tested.logIn('reviewer-01');
    expect((await user.post('/api/account/totp', { current: 'wrong' })).statusCode).toBe(401);
    const begun = readReply<{ secret: string; uri: string; qrSvg: string }>(
      await user.post('/api/account/totp', { current: testPassword }),
    );
    expect(begun.uri).toContain(`secret=${begun.secret}`);
    expect(begun.qrSvg).toMatch(/^<svg [^<]+<rect [^<]+<path d="M4 4h1v1h-1z/);
    // Not confirmed: it is not asked for.
    expect((await tryLogIn('reviewer-01')).statusCode).toBe(200);
    const wrong = codeOf(begun.secret, 5);
    expect((await user.post('/api/account/totp/confirm', { code: wrong })).statusCode).toBe(401);
    const confirmed = await user.post('/api/account/totp/confirm', { code: codeOf(begun.secret) });
    const { recoveryCodes } = readReply<{ recoveryCodes: string[] }>(confirmed);
    expect(new Set(recoveryCodes).size).toBe(10);
    expect((await user.post('/api/account/totp', { current: testPassword })).statusCode).toBe(409);
    expect((await user.get('/api/account')).json()).toMatchObject({
      secondFactor: { isOn: true, isRequired: false, recoveryCodesLeft: 10 },
    });
    const { rows } = await sql.query<{ all: string }>(
      `select (select string_agg(account::text, ' ') from account) || (select string_agg(recovery_code::text, ' ') from recovery_code) as all`,
    );
    for (const kept of [begun.secret, ...recoveryCodes]) expect(rows[0]?.all).not.toContain(kept);
  });
});

describe('a login with a second factor', () => {
  test('says that a code is missing to who has the password alone', async () => {
    await enrol('reviewer-02');
    expect(readReply(await tryLogIn('reviewer-02', undefined, 'wrong'), 401)).toMatchObject({
      error: { code: 'wrong_credentials' },
    });
    const missing = await tryLogIn('reviewer-02');
    expect(readReply(missing, 401)).toMatchObject({ error: { code: 'second_factor_missing' } });
    expect(missing.cookies).toEqual([]);
  });

  test('takes each code once, also when two come at the same moment', async () => {
    const { secret } = await enrol('intake-01');
    const code = codeOf(secret);
    const replies = await Promise.all([tryLogIn('intake-01', code), tryLogIn('intake-01', code)]);
    expect(replies.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 401]);
    expect((await tryLogIn('intake-01', code)).statusCode).toBe(401);
    tested.clock.nowMs += 30_000;
    expect((await tryLogIn('intake-01', codeOf(secret))).statusCode).toBe(200);
  });

  test('takes a code of a clock that is half a minute off, and none beyond', async () => {
    const { secret } = await enrol('shift-leader-01');
    for (const [steps, status] of [
      [-2, 401],
      [2, 401],
      [1, 200],
    ] as const) {
      expect((await tryLogIn('shift-leader-01', codeOf(secret, steps))).statusCode).toBe(status);
    }
  });

  test('takes each recovery code once', async () => {
    const { recoveryCodes } = await enrol('dispatcher-01');
    const [code = '', next = ''] = recoveryCodes;
    expect((await tryLogIn('dispatcher-01', code.toUpperCase())).statusCode).toBe(200);
    expect((await tryLogIn('dispatcher-01', code)).statusCode).toBe(401);
    expect((await tryLogIn('dispatcher-01', next)).statusCode).toBe(200);
  });

  test('counts wrong codes as wrong passwords, and asking without one as nothing', async () => {
    const { secret } = await enrol('collector-01');
    for (let attempt = 0; attempt < 4; attempt++) {
      expect((await tryLogIn('collector-01', '000000')).statusCode).toBe(401);
      expect((await tryLogIn('collector-01')).statusCode).toBe(401);
    }
    expect((await tryLogIn('collector-01', '000000')).statusCode).toBe(401);
    expect((await tryLogIn('collector-01', codeOf(secret))).statusCode).toBe(429);
  });
});

describe('a post that needs a second factor', () => {
  test('does nothing before it has one', async () => {
    const reply = await tryLogIn('commander-01');
    expect(readReply(reply)).toMatchObject({ duty: 'second_factor' });
    const commander = await tested.logIn('commander-01');
    expect(readReply(await commander.get('/api/cases'), 403)).toMatchObject({
      error: { code: 'second_factor_required' },
    });
    await enrol('commander-01');
    expect((await commander.get('/api/cases')).statusCode).toBe(200);
  });
});

test('removing it takes password and code; an administrator removes it for who has lost both', async () => {
  const user = await tested.logIn('squad-01');
  const { secret } = readReply<{ secret: string }>(
    await user.post('/api/account/totp', { current: testPassword }),
  );
  const { recoveryCodes } = readReply<{ recoveryCodes: string[] }>(
    await user.post('/api/account/totp/confirm', { code: codeOf(secret) }),
  );
  const [first = '', second = ''] = recoveryCodes;
  const renewed = await user.post('/api/account/totp/recovery-codes', { code: first });
  const fresh = readReply<{ recoveryCodes: string[] }>(renewed).recoveryCodes;
  const remove = (current: string, code: string) => user.post('/api/account/totp/remove', { current, code });
  expect((await remove(testPassword, second)).statusCode).toBe(401);
  expect((await remove('wrong', fresh[0] ?? '')).statusCode).toBe(401);
  const administrator = await tested.logIn('administrator-01');
  const { rows } = await sql.query<{ id: string }>(`select id from account where username = 'squad-01'`);
  readReply(await administrator.post(`/api/accounts/${rows[0]?.id}/reset-second-factor`));
  expect((await tryLogIn('squad-01')).statusCode).toBe(200);
});
