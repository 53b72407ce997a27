import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestConsole, readReply, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly security?: object[];
  readonly parameters?: { readonly name: string; readonly in: string }[];
  readonly responses: Record<string, object>;
}
interface Spec {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}

let postgres: TestPostgres;
let tested: TestConsole;
let spec: Spec;

beforeAll(async () => {
  postgres = await startTestPostgres();
  tested = await openTestConsole(await postgres.createDatabase());
  spec = readReply<Spec>(await tested.console.app.inject({ method: 'GET', url: '/api/openapi.json' }));
}, 120_000);

afterAll(async () => {
  await tested?.close();
  await postgres?.stop();
});

const listOperations = () =>
  Object.entries(spec.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );

test('the document is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate(JSON.parse(JSON.stringify(spec)) as Record<string, unknown>);
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
  expect(spec.openapi).toBe('3.1.0');
});

test('every operation has a name of its own, a summary, its path parameters and what errors look like', () => {
  const operations = listOperations();
  expect(operations.length).toBeGreaterThan(100);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { path, method, summary, parameters = [], responses } of operations) {
    const place = `${method} ${path}`;
    expect(summary, place).toBeTruthy();
    const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? '');
    const declared = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    expect(declared.toSorted(), place).toEqual(named.toSorted());
    if (path.startsWith('/api/')) expect(responses, place).toHaveProperty('default');
  }
});

test('what never reaches a route is refused as everything else is', async () => {
  const ask = (method: 'GET' | 'PUT' | 'DELETE' | 'POST', url: string, headers = {}, payload = '') =>
    tested.console.app.inject({ method, url, headers, payload });
  const refusal = (code: string) => ({ error: { code, message: expect.any(String), details: {} } });
  const wrong = await ask('PUT', '/api/cases/1');
  expect(readReply(wrong, 405)).toEqual(refusal('method_not_allowed'));
  expect(wrong.headers['allow']).toBe('GET, HEAD');
  expect(readReply(await ask('GET', '/api/nowhere'), 404)).toEqual(refusal('not_found'));
  expect(readReply(await ask('GET', `/api/cases/${'1'.repeat(1001)}`), 400)).toEqual(refusal('bad_request'));
  const intake = await tested.logIn('intake-01');
  for (const [type, payload] of [
    ['multipart/form-data', 'x'],
    [
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="photo"; filename="p"\r\n\r\nx',
    ],
  ] as const) {
    const sent = { method: 'POST', url: '/api/photos', headers: { 'content-type': type }, payload } as const;
    expect(readReply(await intake.inject(sent), 400)).toMatchObject(refusal('bad_request'));
  }
});

test('tuples are written as JSON Schema 2020-12 has them, and nothing has no content', () => {
  const text = JSON.stringify(spec);
  expect(text).toContain('"prefixItems"');
  expect(text).not.toMatch(/"items":\[|"additionalItems"/);
  for (const { responses, method, path } of listOperations())
    if ('204' in responses) expect(responses['204'], `${method} ${path}`).not.toHaveProperty('content');
});

test('what needs no session says so, and nothing else does', () => {
  const open = listOperations()
    .filter(({ security }) => security?.length === 0)
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => !route.includes(' /open311/'));
  expect(open).toContain('post /api/session');
  expect(open).not.toContain('get /api/cases');
});

test('the page comes from here alone', async () => {
  const page = await tested.console.app.inject({ method: 'GET', url: '/api/docs/' });
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-security-policy']).toContain("default-src 'self'");
  expect(page.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)/);
  const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '');
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) {
    const url = new URL(file, 'http://localhost/api/docs/');
    const reply = await tested.console.app.inject({ method: 'GET', url: url.pathname });
    expect(reply.statusCode, file).toBe(200);
  }
});
