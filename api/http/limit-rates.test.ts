import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextAddress, openTestConsole, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';

let postgres: TestPostgres;
let tested: TestConsole;

beforeAll(async () => {
  postgres = await startTestPostgres();
  tested = await openTestConsole(await postgres.createDatabase(), {
    auth: { perMinute: { session: 20, address: 10, uploads: 3 } },
  });
});

afterAll(async () => {
  await tested?.close();
  await postgres?.stop();
});

async function count(
  times: number,
  ask: () => Promise<{ statusCode: number }>,
): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (let asked = 0; asked < times; asked++) {
    const { statusCode } = await ask();
    counts[statusCode] = (counts[statusCode] ?? 0) + 1;
  }
  return counts;
}

test('a session, whatever its address, and each by itself', async () => {
  const [one, other] = [await tested.logIn('intake-01'), await tested.logIn('intake-01')];
  const ask = () => one.inject({ url: '/api/units', remoteAddress: nextAddress() });
  expect(await count(25, ask)).toEqual({ 200: 20, 429: 5 });
  expect((await other.get('/api/units')).statusCode).toBe(200);
  expect(await ask()).toMatchObject({
    statusCode: 429,
    headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
    body: expect.stringContaining('too many requests in this session; try again in'),
  });
});

test('an address that nobody has logged in from', async () => {
  const remoteAddress = nextAddress();
  const ask = () => tested.console.app.inject({ url: '/api/health', remoteAddress });
  expect(await count(13, ask)).toEqual({ 200: 10, 429: 3 });
  const elsewhere = await tested.console.app.inject({ url: '/api/health', remoteAddress: nextAddress() });
  expect(elsewhere.statusCode).toBe(200);
});

test('a forwarded address is believed of a proxy on this machine alone', async () => {
  const ask = (remoteAddress: string, index: number) =>
    tested.console.app.inject({
      url: '/api/health',
      remoteAddress,
      headers: { 'x-forwarded-for': `198.51.100.${index}` },
    });
  const far = nextAddress();
  let asked = 0;
  expect(await count(13, () => ask(far, asked++))).toEqual({ 200: 10, 429: 3 });
  expect(await count(13, () => ask('127.0.0.1', asked++))).toEqual({ 200: 13 });
});

test('uploads are counted apart and sooner', async () => {
  const collector = await tested.logIn('collector-01');
  expect(await count(5, () => collector.post('/api/photos'))).toEqual({ 400: 3, 429: 2 });
});

test('headers: no framing, no sniffing, no inline script, HSTS only behind https', async () => {
  const reply = await tested.console.app.inject({ url: '/api/health', remoteAddress: nextAddress() });
  expect(reply.headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
    'permissions-policy': expect.stringContaining('camera=()'),
  });
  const policy = String(reply.headers['content-security-policy']);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(reply.headers['strict-transport-security']).toBeUndefined();
  const behindTls = await tested.console.app.inject({
    url: '/api/health',
    remoteAddress: '127.0.0.1',
    headers: { 'x-forwarded-proto': 'https' },
  });
  expect(behindTls.headers['strict-transport-security']).toBe('max-age=31536000');
});
