import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { roles } from '../../domain/mod.ts';
import {
  confirmAs,
  nextAddress,
  openTestConsole,
  readReply,
  type TestConsole,
  testPassword,
} from '../support/console.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { type JsonSchema, oddText, toValue } from './schema-values.ts';

/** Longer, and a request hangs. */
const longestMs = 5_000;
const fuzzMs = Number(process.env['XUNJIE_FUZZ_SECONDS'] ?? 20) * 1000;
const seed = Number(process.env['XUNJIE_FUZZ_SEED'] ?? 20_261_130);

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
const known: string[] = ['none', 'mine', '2026-01-01', '2026-02-01', '2026-03-01T00:00:00+08:00'];
/** What no answer may hold, by who must not see it. */
const secrets: { readonly text: string; readonly hiddenFrom: (role: string) => boolean }[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url, {
    auth: { perMinute: { session: 1e9, address: 1e9, uploads: 1e9 } },
  });
  sql = new Client(url);
  await sql.connect();
  await tested.console.upsertCamera({ id: 'cam-01', name: 'one' });
  for (const role of roles)
    await sql.query(
      `insert into account (username, display_name, password_hash, roles, unit_id)
       select $1, $1, password_hash, array[$2], case when $2 = 'officer' then unit_id end
       from account where username = 'squad-01'`,
      [`only-${role}`, role],
    );
  await fillTown();
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

/** Things that exist, so that requests get past the first check; and marks that must stay where they are. */
async function fillTown(): Promise<void> {
  await sql.query(`
    insert into grid (id, name, ring) values ('grid-a', 'a', '[]'), ('grid-b', 'b', '[]');
    insert into person (id, post, number, username) values ('collector-77', 'collector', 77, 'only-collector');
    insert into grid_collector (grid_id, person_id, from_date) values ('grid-a', 'collector-77', '2020-01-01');
    insert into account (username, display_name, password_hash, roles) values ('victim', 'victim', null, '{clerk}')`);
  const reviewer = await tested.logIn('reviewer-01');
  for (let index = 0; index < 6; index++) {
    const facts = await tested.queueCandidate(
      index === 0 ? {} : { fromMs: tested.clock.nowMs - 600_000 * (index + 1) },
    );
    known.push(facts.id);
    if (index < 2) readReply(await confirmAs(reviewer, facts.id));
    if (index === 1) {
      const url = `/api/candidates/${facts.id}/plate`;
      const entered = await reviewer.inject({ method: 'PUT', url, payload: { plate: '浙C5W3R1' } });
      expect(entered.statusCode).toBe(204);
    }
  }
  await tested.console.runReviewJobs();
  const intake = await tested.logIn('intake-01');
  for (const mark of ['seen-by-all', 'mark-of-another-unit']) {
    const reply = await intake.post('/api/reports', {
      source: 'public',
      offence: 'clutter',
      description: mark,
    });
    const { caseNo } = readReply<{ caseNo: string }>(reply, 201);
    known.push(caseNo);
    if (mark === 'mark-of-another-unit')
      await sql.query(`update case_file set unit_id = 'sanitation', grid_id = 'grid-b' where case_no = $1`, [
        caseNo,
      ]);
  }
  secrets.push(
    { text: 'mark-of-another-unit', hiddenFrom: (role) => !seesAllCases(role) },
    {
      text: '浙C5W3R1',
      hiddenFrom: (role) => ['collector', 'clerk', 'engineer', 'auditor', ...keepers].includes(role),
    },
    { text: '$argon2', hiddenFrom: () => true },
    { text: testPassword, hiddenFrom: () => true },
    { text: 'at Object.', hiddenFrom: () => true },
    { text: 'node_modules', hiddenFrom: () => true },
  );
  const rows = await sql.query<{ id: string }>(
    `select case_no as id from case_file union select manifest_hash from evidence where manifest_hash is not null
     union select id::text from account where username = 'victim' union select id from unit union select id from grid
     union select id from standard`,
  );
  known.push(...rows.rows.map(({ id }) => id), 'cam-01');
}

const keepers = ['administrator', 'security_administrator'];
const seesAllCases = (role: string) =>
  !['officer', 'collector', 'engineer', 'auditor', 'nobody', ...keepers].includes(role);

interface Route {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, JsonSchema>>;
  readonly body: JsonSchema | null;
}

interface Operation {
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

/** Streams do not end; the walk over sessions is not what is fuzzed. */
const isLeftOut = (method: string, path: string) =>
  path === '/api/events' || (method === 'delete' && /^\/api\/(session|account\/sessions)$/.test(path));

function listRoutes(): Route[] {
  const { paths } = tested.console.app.swagger() as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => !isLeftOut(method, path))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        query: Object.fromEntries(
          (operation.parameters ?? [])
            .filter((one) => one.in === 'query')
            .map((one) => [one.name, one.schema]),
        ),
        body: operation.requestBody?.content['application/json']?.schema ?? null,
      })),
  );
}

function toRequest({ method, path, query, body }: Route) {
  const something = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: oddText },
  );
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? '');
  return fc
    .record({
      params: fc.tuple(...names.map(() => something)),
      query: fc.record(
        Object.fromEntries(Object.entries(query).map(([name, schema]) => [name, toValue(schema, something)])),
        { requiredKeys: [] },
      ),
      body: body === null ? fc.constant(undefined) : toValue(body, something),
      role: fc.constantFrom(...roles, 'nobody'),
    })
    .map(({ params, query: asked, body: payload, role }) => {
      const filled = names.reduce(
        (text, name, index) => text.replace(`{${name}}`, encode(params[index] ?? '')),
        path,
      );
      const search = Object.entries(asked).map(([name, value]) => `${name}=${encode(toText(value))}`);
      const url = `${filled}${search.length === 0 ? '' : `?${search.join('&')}`}`;
      return { role, method, url, payload };
    });
}

const toText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const encode = (text: string) => encodeURIComponent(text.replaceAll(/\p{Cs}/gu, '\u{FFFD}'));

const cookies = new Map<string, string>();

async function logIn(role: string): Promise<Record<string, string>> {
  if (role === 'nobody') return {};
  const held = cookies.get(role);
  if (held !== undefined) return { xunjie_session: held };
  await sql.query('delete from login_attempt');
  const reply = await tested.console.app.inject({
    method: 'POST',
    url: '/api/session',
    remoteAddress: nextAddress(),
    payload: { username: `only-${role}`, password: testPassword },
  });
  const token = reply.cookies[0]?.value;
  if (token === undefined) throw new Error(`${role} cannot log in any more: ${reply.body}`);
  cookies.set(role, token);
  return { xunjie_session: token };
}

async function ask({
  role,
  method,
  url,
  payload,
}: {
  role: string;
  method: string;
  url: string;
  payload: unknown;
}) {
  const options: InjectOptions = {
    method: method as 'GET',
    url,
    cookies: await logIn(role),
    remoteAddress: '10.8.8.8',
    ...(payload !== undefined && {
      payload: JSON.stringify(payload),
      headers: { 'content-type': 'application/json' },
    }),
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, longestMs, 'late');
  });
  const reply = await Promise.race([tested.console.app.inject(options), late]);
  clearTimeout(timer);
  return reply;
}

test(
  'no request of anybody is answered with a fault, hangs, or shows what is not theirs',
  async () => {
    const routes = listRoutes();
    expect(routes.length).toBeGreaterThan(100);
    const asked = new Map<string, number>();
    const requests = fc
      .constantFrom(...routes)
      .chain((route) =>
        toRequest(route).map((request) => ({ ...request, route: `${route.method} ${route.path}` })),
      );
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const reply = await ask(request);
        asked.set(request.route, (asked.get(request.route) ?? 0) + 1);
        if (reply === 'late') throw new Error('it hangs');
        if (reply.statusCode >= 500) throw new Error(`${reply.statusCode}: ${reply.body}`);
        if (request.role === 'nobody' && reply.statusCode === 200)
          expect(request.route).toMatch(
            /health|openapi|session\/ways|metrics|docs|open311|VIID\/System\/Time/i,
          );
        for (const { text, hiddenFrom } of secrets)
          if (
            hiddenFrom(request.role) &&
            reply.body.includes(text) &&
            !request.url.includes(encodeURIComponent(text))
          )
            throw new Error(`${request.role} sees ${text}: ${reply.body.slice(0, 500)}`);
        if (reply.statusCode === 401) cookies.delete(request.role);
      }),
      {
        seed,
        numRuns: 1_000_000,
        interruptAfterTimeLimit: fuzzMs,
        markInterruptAsFailure: false,
        endOnFailure: true,
      },
    );
    // The console answers as before.
    expect((await tested.console.app.inject({ url: '/api/health' })).statusCode).toBe(200);
    expect(asked.size).toBeGreaterThan(routes.length * 0.6);
  },
  fuzzMs + 60_000,
);
