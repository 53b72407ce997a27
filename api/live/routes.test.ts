import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../platform/mod.ts';
import { makeCameraHealth } from '../../test/support/camera-health.ts';
import { confirmAs, openTestConsole, type TestConsole, testPassword } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { openConsole } from '../open-console.ts';

let postgres: TestPostgres;
let databaseUrl: string;
let tested: TestConsole;
let address: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createDatabase();
  tested = await openTestConsole(databaseUrl);
  address = await tested.console.app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await tested?.close();
  await postgres?.stop();
});

/** An open event stream, read event by event. */
async function listen(url: string): Promise<{ next(): Promise<string | null>; close(): Promise<void> }> {
  const login = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'reviewer-01', password: testPassword }),
  });
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const reply = await fetch(`${url}/api/events`, { headers: { cookie } });
  expect(reply.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const reader = reply.body?.getReader();
  if (reader === undefined) throw new Error('the stream has no body');
  const decoder = new TextDecoder();
  let buffered = '';
  const next = async (): Promise<string | null> => {
    for (;;) {
      const end = buffered.indexOf('\n\n');
      if (end >= 0) {
        const block = buffered.slice(0, end);
        buffered = buffered.slice(end + 2);
        // Numbers are looked at by the tests of resuming.
        if (!block.startsWith(':')) return block.replace(/\nid: \d+$/, '');
        continue;
      }
      const { done, value } = await reader.read();
      if (done) return null;
      buffered += decoder.decode(value, { stream: true });
    }
  };
  return { next, close: () => reader.cancel() };
}

describe('the event stream', () => {
  test('tells of a candidate in the queue, of its lease, of its case, once each and in order', async () => {
    const stream = await listen(address);
    const { id } = await tested.queueCandidate();
    const demo = await tested.logIn('demo');
    const confirmed = await confirmAs(demo, id);
    const { caseNo } = confirmed.json<{ case: { caseNo: string } }>().case;
    await demo.post(`/api/cases/${caseNo}/actions/close`, { version: 1 }); // refused: nothing to tell
    await demo.post(`/api/cases/${caseNo}/actions/register`, { version: 1 });
    const told = [
      await stream.next(),
      await stream.next(),
      await stream.next(),
      await stream.next(),
      await stream.next(),
      await stream.next(),
    ];
    expect(told).toEqual([
      `event: candidate\ndata: {"id":"${id}","state":"pending_review"}`,
      `event: candidate\ndata: {"id":"${id}","state":"in_review"}`,
      `event: candidate\ndata: {"id":"${id}","state":"confirmed"}`,
      `event: case\ndata: {"caseNo":"${caseNo}","state":"reported"}`,
      `event: case\ndata: {"caseNo":"${caseNo}","state":"accepted"}`,
      `event: case\ndata: {"caseNo":"${caseNo}","state":"registered"}`,
    ]);
    await stream.close();
  });

  test('tells of what another console on the same database does', async () => {
    const other = await openConsole({
      databaseUrl,
      blobs: tested.blobs,
      logger: createLogger('error'),
      webDir: null,
    });
    const stream = await listen(address);
    await other.recordCameraHealth(
      makeCameraHealth({
        camera: 'cam-07',
        state: 'stalled',
        reason: 'no frame for 15 s',
        atMs: tested.clock.nowMs,
      }),
    );
    expect(await stream.next()).toBe(
      'event: camera\ndata: {"camera":"cam-07","state":"stalled","viewProblem":null}',
    );
    await stream.close();
    await other.close();
  });

  test('ends when the database was away, so that pages read everything anew, and works again after', async () => {
    const stream = await listen(address);
    const admin = new Client(databaseUrl);
    await admin.connect();
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'xunjie-console-live' and datname = current_database()`,
    );
    await admin.end();
    expect(await stream.next()).toBeNull();
    const again = await listen(address);
    const { id } = await tested.queueCandidate({ fromMs: tested.clock.nowMs + 1000 });
    expect(await again.next()).toContain(id);
    await again.close();
  });

  test('does not keep a console from closing', async () => {
    const other = await openConsole({
      databaseUrl,
      blobs: tested.blobs,
      logger: createLogger('error'),
      webDir: null,
      nowMs: () => tested.clock.nowMs,
    });
    const stream = await listen(await other.app.listen({ host: '127.0.0.1', port: 0 }));
    await other.close();
    expect(await stream.next()).toBeNull();
  });
});
