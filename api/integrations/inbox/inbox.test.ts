import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  nextAddress,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import { signWebhook } from '../outgoing/webhook-signature.ts';
import type { IntegrationView } from '../registry/schema.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let commander: TestUser;
const secrets = new Map<string, string>();

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  commander = await tested.logIn('commander-01');
  await connect('broom', 'sanitation', { accepts: ['vehicle.*', 'garbage.*'], heartbeatSeconds: 60 });
  // A kind that no code knows.
  await connect('lamps', 'street_lamps', {
    accepts: ['lamp.found'],
    settings: { offences: { 'lamp.found': 'clutter' } },
  });
}, 120_000);

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

async function connect(id: string, kind: string, body: object): Promise<void> {
  const reply = await commander.post('/api/integrations', { id, name: id, kind, direction: 'in', ...body });
  secrets.set(id, readReply<{ secret: string }>(reply, 201).secret);
}

function tell(
  from: string,
  id: string,
  type: string,
  data: object,
  { secret = secrets.get(from) ?? '', atMs = tested.clock.nowMs } = {},
) {
  const body = JSON.stringify({ type, data });
  return tested.console.app.inject({
    method: 'POST',
    url: `/api/inbox/${from}`,
    remoteAddress: nextAddress(),
    headers: { 'content-type': 'application/json', ...signWebhook([secret], { id, atMs, body }) },
    payload: body,
  });
}

const readHealth = async (id: string) =>
  readReply<IntegrationView>(await commander.get(`/api/integrations/${id}`)).health;

test('only the system itself is heard, and not what somebody recorded', { timeout: 60_000 }, async () => {
  const refused = [
    await tell('broom', 'x', 'heartbeat', {}, { secret: secrets.get('lamps') ?? '' }),
    await tell('nobody', 'x', 'heartbeat', {}, { secret: 'whatever it may be' }),
    await tell('broom', 'x', 'heartbeat', {}, { atMs: tested.clock.nowMs - 301_000 }),
    await tested.console.app.inject({
      method: 'POST',
      url: '/api/inbox/broom',
      payload: { type: 'heartbeat' },
    }),
  ];
  for (const reply of refused)
    expect(readReply(reply, 401)).toMatchObject({ error: { message: expect.stringContaining('signature') } });
  expect((await readHealth('broom')).state).toBe('unknown');
});

test('positions move vehicles forward in time only; a repeated message does nothing', {
  timeout: 60_000,
}, async () => {
  const at = (second: number) => ({
    id: 'truck-7',
    lon: 120.6 + second / 1000,
    lat: 27.7,
    at: `2026-11-30T10:00:0${second}+08:00`,
  });
  expect(readReply(await tell('broom', 'p-2', 'vehicle.position', at(2)))).toEqual({
    state: 'applied',
    result: 'moved',
    isRepeated: false,
  });
  expect(readReply(await tell('broom', 'p-1', 'vehicle.position', at(1)))).toMatchObject({
    result: 'older than what is known',
  });
  expect(readReply(await tell('broom', 'p-2', 'vehicle.position', at(9)))).toMatchObject({
    isRepeated: true,
  });
  expect(readReply(await commander.get('/api/positions'))).toEqual([
    {
      integration: 'broom',
      kind: 'vehicle',
      id: 'truck-7',
      name: null,
      lon: expect.closeTo(120.602, 6),
      lat: 27.7,
      at: '2026-11-30T10:00:02+08:00',
    },
  ]);
});

test('what a platform finds is one report, also by a platform that is only configured', {
  timeout: 60_000,
}, async () => {
  const found = { point: { lon: 120.6, lat: 27.7 }, description: 'bags beside the bin' };
  const [first, again] = [
    readReply<{ result: string }>(await tell('broom', 'f-1', 'garbage.found', found)),
    readReply<{ result: string }>(await tell('broom', 'f-1', 'garbage.found', found)),
  ];
  expect(again).toMatchObject({ result: first.result, isRepeated: true });
  expect(readReply(await commander.get(`/api/cases/${first.result}`))).toMatchObject({
    state: 'reported',
    source: 'other',
    offence: { code: 'exposed_garbage' },
    reporter: 'broom f-1',
  });
  const lamp = readReply<{ result: string }>(await tell('lamps', 'l-1', 'lamp.found', {}));
  expect(readReply(await commander.get(`/api/cases/${lamp.result}`))).toMatchObject({
    offence: { code: 'clutter' },
  });
});

test('what is wrong is refused with the reason, kept, and applied when it has become right', {
  timeout: 60_000,
}, async () => {
  expect(readReply(await tell('broom', 'w-1', 'worker.position', {}), 422)).toMatchObject({
    result: 'broom may not send worker.position',
  });
  expect(readReply(await tell('broom', 'w-2', 'vehicle.position', { id: 'a' }), 422)).toMatchObject({
    state: 'refused',
    result: 'data: "lon" is missing',
  });
  expect(readReply(await tell('lamps', 'w-3', 'enforcement.status', {}), 422)).toMatchObject({
    state: 'refused',
  });
  await sql.query(`update integration set accepts = array['worker.*'] where id = 'lamps'`);
  const worker = { id: 'w', lon: 120, lat: 27, at: '2026-11-30T10:00:00Z' };
  await sql.query(`update integration set accepts = '{}' where id = 'lamps'`);
  readReply(await tell('lamps', 'w-4', 'worker.position', worker), 422);
  await sql.query(`update integration set accepts = array['worker.*'] where id = 'lamps'`);
  const replayed = await commander.post('/api/inbox/lamps/replay', { message: 'w-4' });
  expect(readReply(replayed)).toMatchObject({ state: 'applied', result: 'moved' });
  readReply(await commander.post('/api/inbox/lamps/replay', { message: 'w-4' }), 409);
  readReply(await commander.post('/api/inbox/lamps/replay', { message: 'none' }), 404);
  const kept = readReply<{ id: string }[]>(await commander.get('/api/inbox?integration=broom&state=refused'));
  expect(kept.map(({ id }) => id).toSorted()).toEqual(['w-1', 'w-2']);
});

test('health: good while it lives, late after two missed beats, disabled when it is', {
  timeout: 60_000,
}, async () => {
  readReply(await tell('broom', 'h-1', 'heartbeat', {}));
  expect((await readHealth('broom')).state).toBe('ok');
  tested.clock.nowMs += 119_000;
  expect((await readHealth('broom')).state).toBe('ok');
  tested.clock.nowMs += 2_000;
  expect((await readHealth('broom')).state).toBe('late');
  readReply(await commander.post('/api/integrations/broom/state', { state: 'disabled', reason: 'works' }));
  expect((await readHealth('broom')).state).toBe('disabled');
  expect((await tell('broom', 'h-2', 'heartbeat', {})).statusCode).toBe(403);
});
