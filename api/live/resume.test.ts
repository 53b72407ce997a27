import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestConsole, type TestConsole, testPassword } from '../../test/support/console.ts';
import { createEventStream, type EventStream } from '../../test/support/event-stream.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let databaseUrl: string;
let address: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createDatabase();
  tested = await openTestConsole(databaseUrl);
  sql = new Client(databaseUrl);
  await sql.connect();
  address = await tested.console.app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

async function logIn(username: string): Promise<string> {
  const login = await fetch(`${address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: testPassword }),
  });
  return (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function waitUntil(isDone: () => boolean): Promise<void> {
  for (let turn = 0; turn < 4000 && !isDone(); turn += 1) await delay(50);
}

const insert = (kind: string, data: object, unit: string | null = null, hiddenFrom: string | null = null) => {
  const places = JSON.stringify([{ unit_id: unit, grid_id: null, reporter: null }]);
  return [
    'insert into live_event (event, data, places, hidden_from) values ($1, $2::json, $3::json, $4)',
    [kind, JSON.stringify(data), places, hiddenFrom],
  ] as [string, unknown[]];
};

/** Camera events, each in a transaction that ends when it likes: those that write first often end last. */
async function tell(count: number, name: string): Promise<void> {
  const writers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const client = new Client(databaseUrl);
      await client.connect();
      return client;
    }),
  );
  let next = 0;
  await Promise.all(
    writers.map(async (writer, index) => {
      while (next < count) {
        const number = next++;
        await writer.query('begin');
        await writer.query(...insert('camera', { camera: `${name}-${number}` }));
        await delay((index * 7 + number * 13) % 30);
        // Some think better of it: their number is nobody's, and no gap.
        await writer.query(number % 11 === 10 ? 'rollback' : 'commit');
      }
      await writer.end();
    }),
  );
}

const namesOf = (stream: EventStream) =>
  stream.heard.map(({ data }) => (JSON.parse(data) as { camera: string }).camera);

describe('three hundred pages', () => {
  test('hear everything once and in one order, those too that were cut off and came back', async () => {
    const cookie = await logIn('reviewer-01');
    const streams = Array.from({ length: 300 }, () => createEventStream(address, cookie));
    for (let from = 0; from < streams.length; from += 50)
      await Promise.all(streams.slice(from, from + 50).map((stream) => stream.open()));
    const cutting = async (): Promise<void> => {
      for (const [index, stream] of streams.entries()) {
        if (index % 3 !== 0) continue;
        stream.cut();
        if (index % 2 === 0) await delay(5);
        await stream.open();
      }
    };
    await Promise.all([tell(110, 'a'), cutting()]);
    // The last ones come back when it is over.
    const late = streams.slice(0, 40);
    for (const stream of late) stream.cut();
    await tell(33, 'b');
    await Promise.all(late.map((stream) => stream.open()));
    await waitUntil(() => streams.every(({ heard }) => heard.length >= 130));
    const { rows } = await sql.query<{ id: number; camera: string }>(
      `select id::int, data ->> 'camera' as camera from live_event order by id`,
    );
    expect(rows).toHaveLength(130);
    expect(rows.map(({ id }) => id)).toEqual(rows.map((_, index) => index + (rows[0]?.id ?? 0)));
    const told = rows.map(({ camera }) => camera);
    // Whoever wrote first did not always end first, or this would prove nothing.
    expect(told).not.toEqual(told.toSorted((a, b) => Number(a.slice(2)) - Number(b.slice(2))));
    for (const stream of streams) expect(namesOf(stream)).toEqual(told);
    for (const stream of streams) stream.cut();
  }, 280_000);
});

describe('where a page stands', () => {
  test('a number that is forgotten, to come or none is answered with a reset, and goes on from now', async () => {
    const cookie = await logIn('reviewer-01');
    await sql.query(...insert('camera', { camera: 'old' }));
    await sql.query(...insert('camera', { camera: 'newer' }));
    await sql.query(
      `delete from live_event where data ->> 'camera' = 'old' or id < (select max(id) from live_event)`,
    );
    for (const id of ['0', '999999', 'x', '-1']) {
      const reply = await fetch(`${address}/api/events`, { headers: { cookie, 'last-event-id': id } });
      const reader = reply.body?.getReader();
      let text = '';
      while (!text.includes(': listening')) text += new TextDecoder().decode((await reader?.read())?.value);
      expect([id, text]).toEqual([id, expect.stringMatching(/event: reset\ndata: {}\nid: \d+\n\n/)]);
      await reader?.cancel();
    }
    const { rows } = await sql.query<{ id: number }>('select max(id)::int - 1 as id from live_event');
    const reply = await fetch(`${address}/api/events`, {
      headers: { cookie, 'last-event-id': String(rows[0]?.id) },
    });
    const reader = reply.body?.getReader();
    let text = '';
    while (!text.includes(': listening')) text += new TextDecoder().decode((await reader?.read())?.value);
    expect(text).toContain('"newer"');
    expect(text).not.toContain('reset');
    await reader?.cancel();
  });
});

test('everybody hears what they may read and no more', async () => {
  const names = ['reviewer-01', 'squad-01', 'intake-01', 'collector-01', 'demo'];
  const streams = await Promise.all(names.map(async (name) => createEventStream(address, await logIn(name))));
  await Promise.all(streams.map((stream) => stream.open()));
  const { rows } = await sql.query<{ id: string }>(`select id from account where username = 'reviewer-01'`);
  await sql.query(...insert('case', { caseNo: 'of the squad', state: 'dispatched' }, 'huling-squad'));
  await sql.query(...insert('case', { caseNo: 'of others', state: 'dispatched' }, 'sanitation'));
  await sql.query(
    ...insert('case', { caseNo: 'no longer of the squad', state: 'registered' }, 'huling-squad'),
  );
  await sql.query(...insert('candidate', { id: 'any', state: 'pending_review' }));
  await sql.query(
    ...insert('candidate', { id: 'blind', state: 'pending_review' }, null, rows[0]?.id ?? null),
  );
  await sql.query(...insert('camera', { camera: 'last' }));
  await waitUntil(() => streams.every(({ heard }) => heard.at(-1)?.event === 'camera'));
  const cases = ['of the squad', 'of others', 'no longer of the squad'];
  const heard = streams.map((stream) =>
    stream.heard.map(({ data }) => Object.values(JSON.parse(data) as Record<string, string>)[0]),
  );
  expect(Object.fromEntries(names.map((name, index) => [name, heard[index]]))).toEqual({
    'reviewer-01': [...cases, 'any', 'last'],
    'squad-01': ['of the squad', 'no longer of the squad', 'last'],
    'intake-01': [...cases, 'last'],
    'collector-01': [...cases, 'any', 'blind', 'last'],
    demo: [...cases, 'any', 'blind', 'last'],
  });
  for (const stream of streams) stream.cut();
});
