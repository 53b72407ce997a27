import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CaseAction,
  type CaseState,
  caseActions,
  caseStates,
  findTransition,
  type Role,
  roles,
} from '../../domain/mod.ts';
import { stageCase } from '../../test/support/case-stage.ts';
import { openTestConsole, readReply, type TestConsole, testPassword } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import type { Tables } from '../database/tables.ts';
import { findBrokenFlow } from './flow-record.ts';

/** A client of its own connection, over HTTP. */
interface Caller {
  post(path: string, body: object): Promise<{ status: number; body: unknown }>;
  uploadPhoto(): Promise<string>;
}

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let db: Kysely<Tables>;
let url: string;
let caseNo: string;
let master: string;
let clients: [Caller, Caller];

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await postgres.createDatabase();
  tested = await openTestConsole(databaseUrl);
  sql = new Client(databaseUrl);
  await sql.connect();
  db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: databaseUrl, max: 1 }) }),
  });
  for (const role of roles)
    await sql.query(
      `insert into account (username, display_name, password_hash, roles, unit_id)
       select $1, $1, password_hash, array[$2], unit_id from account where username = 'squad-01'`,
      [`only-${role}`, role],
    );
  await tested.console.app.listen({ host: '127.0.0.1', port: 0 });
  const address = tested.console.app.server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  clients = [await connect('demo'), await connect('demo')];
  const report = async () => {
    const made = await clients[0].post('/api/reports', { source: 'public', offence: 'sidewalk_parking' });
    return (made.body as { caseNo: string }).caseNo;
  };
  caseNo = await report();
  master = await report();
  await stage('reported', 'accept', master);
});

afterAll(async () => {
  await sql?.end();
  await db?.destroy();
  await tested?.close();
  await postgres?.stop();
});

async function connect(username: string): Promise<Caller> {
  const { app } = tested.console;
  const reply = await app.inject({
    method: 'POST',
    url: '/api/session',
    payload: { username, password: testPassword },
  });
  const cookie = `xunjie_session=${reply.cookies[0]?.value}`;
  return {
    async post(path, body) {
      const answer = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: await answer.json() };
    },
    uploadPhoto: async () => (await tested.logIn(username)).uploadPhoto(),
  };
}

function stage(state: CaseState, action: CaseAction, of = caseNo): Promise<number> {
  return stageCase(sql, of, { state, action, master, nowMs: tested.clock.nowMs });
}

/** All that the step needs. */
async function makeBody(
  action: CaseAction,
  state: CaseState,
  version: number,
  upload: () => Promise<string>,
) {
  const { needs = [] } = findTransition(state, action) ?? {};
  const values = {
    reason: 'because',
    unit: action === 'reassign' ? 'sanitation' : 'huling-squad',
    units: ['huling-squad', 'sanitation'],
    point: { lon: 120.6, lat: 27.8 },
    omitted: true,
    until: new Date(tested.clock.nowMs + 48 * 3_600_000).toISOString(),
    master,
  };
  const photos = needs.filter((field) => field === 'photo' || field === 'beforePhoto');
  const body: Record<string, unknown> = { version };
  for (const field of needs)
    if (Object.hasOwn(values, field)) body[field] = values[field as keyof typeof values];
  for (const field of photos) body[field] = await upload();
  return action === 'dispatch' ? { ...body, unit: 'huling-squad' } : body;
}

async function countFlow(): Promise<number> {
  const { rows } = await sql.query<{ count: string }>('select count(*) from flow_record where case_no = $1', [
    caseNo,
  ]);
  return Number(rows[0]?.count);
}

const pairs = caseActions.flatMap((action) =>
  caseStates.filter((state) => findTransition(state, action)).map((state) => [action, state] as const),
);

describe('two clients at once over HTTP', () => {
  test.each(pairs)('%s from %s: one 200, one 409, one record', async (action, state) => {
    const version = await stage(state, action);
    const before = await countFlow();
    const bodies = [
      await makeBody(action, state, version, () => clients[0].uploadPhoto()),
      await makeBody(action, state, version, () => clients[1].uploadPhoto()),
    ];
    const replies = await Promise.all(
      clients.map((client, index) =>
        client.post(`/api/cases/${caseNo}/actions/${action}`, bodies[index] ?? {}),
      ),
    );
    const statuses = replies.map(({ status }) => status).toSorted((a, b) => a - b);
    expect({ statuses, bodies: statuses[0] === 200 ? [] : replies }).toEqual({
      statuses: [200, 409],
      bodies: [],
    });
    const won = replies.find(({ status }) => status === 200)?.body;
    const transition = findTransition(state, action);
    // `split` goes back to where the case stood.
    expect(action === 'split' ? 'registered' : transition?.to).toBe((won as { state: string }).state);
    expect(await countFlow()).toBe(before + 1);
  });

  test('all of it left a chain that holds', async () => {
    expect(await findBrokenFlow(db, caseNo)).toBeNull();
    expect(await findBrokenFlow(db, master)).toBeNull();
    expect(await countFlow()).toBe(pairs.length + 1);
  });
});

describe('every state, step and post', () => {
  test.each(roles)(
    '%s: 200 where the table says so, else 403, and 409 from another state',
    async (role: Role) => {
      const user = await tested.logIn(`only-${role}`);
      const mayUpload = (await user.post('/api/photos')).statusCode !== 403;
      for (const action of caseActions) {
        const isHis = pairs.some(
          ([name, state]) => name === action && findTransition(state, action)?.by.includes(role),
        );
        for (const state of caseStates) {
          const transition = findTransition(state, action);
          // Whoever has no business with the step is refused at the door, in every state alike: one is enough.
          if (!isHis && state !== 'reported') continue;
          const version = await stage(state, action);
          const upload = async () => (mayUpload ? user.uploadPhoto() : 'none');
          const body = isHis ? await makeBody(action, state, version, upload) : { version };
          const reply = await user.post(`/api/cases/${caseNo}/actions/${action}`, body);
          const expected = isHis ? (transition === undefined ? 409 : 200) : 403;
          expect({
            role,
            action,
            state,
            status: reply.statusCode,
            said: reply.statusCode === expected ? '' : reply.body,
          }).toEqual({ role, action, state, status: expected, said: '' });
          if (expected === 200) expect(readReply<{ version: number }>(reply).version).toBe(version + 1);
        }
      }
    },
  );
});
