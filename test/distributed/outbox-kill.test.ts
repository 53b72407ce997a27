import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadOrCreateFieldKeys } from '../../platform/mod.ts';
import { createCaseDriver } from '../support/case-driver.ts';
import { openTestConsole, readReply, type TestConsole } from '../support/console.ts';
import { projectRoot } from '../support/fixtures.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let receiver: WebhookReceiver;
let dir: string;
let url: string;

beforeAll(async () => {
  dir = await makeTempDir('outbox-kill');
  postgres = await startTestPostgres();
  url = await postgres.createDatabase();
  tested = await openTestConsole(url, {
    integrationNetworks: ['127.0.0.0/8'],
    fieldKeys: await loadOrCreateFieldKeys(path.join(dir, 'keys.json')),
  });
  sql = new Client(url);
  await sql.connect();
  receiver = await openWebhookReceiver();
});

afterAll(async () => {
  await receiver?.close();
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

function startSender(): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'test/support/outbox-process.ts'], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: {
      ...process.env,
      DATABASE_URL: url,
      FIELD_KEYS: path.join(dir, 'keys.json'),
      BLOBS: path.join(dir, 'blobs'),
      NOW_MS: String(tested.clock.nowMs + 1),
    },
  });
}

test('killed between sending and noting it, the message comes again under the same id and is not lost', async () => {
  const driver = createCaseDriver(tested, sql);
  const commander = await driver.user('commander-01');
  const body = { id: 'city', name: 'city', kind: 'webhook', direction: 'out', url: receiver.url };
  readReply(await commander.post('/api/integrations', { ...body, events: ['case.report'] }), 201);
  // Our own console must not be the one that sends: due a moment later than its clock.
  await sql.query(
    `create function put_off() returns trigger language plpgsql as $$
     begin new.next_at := new.next_at + interval '1 millisecond'; return new; end $$`,
  );
  await sql.query(
    'create trigger put_off before insert on outbox_message for each row execute function put_off()',
  );
  await driver.report({ source: 'public', offence: 'clutter' });
  let sender: ChildProcess | undefined;
  receiver.answer = () => {
    // The receiver has it; the sender dies before it hears so.
    sender?.kill('SIGKILL');
    return null;
  };
  sender = startSender();
  const [, signal] = (await once(sender, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  expect(receiver.received).toHaveLength(1);
  const { rows } = await sql.query<{ state: string; attempts: number }>(
    'select state, attempts from outbox_message',
  );
  expect(rows).toEqual([{ state: 'queued', attempts: 1 }]);
  receiver.answer = () => ({ status: 204 });
  tested.clock.nowMs += 61_000;
  await tested.console.sendOutbox();
  await expect.poll(() => receiver.received.length).toBe(2);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  await expect
    .poll(async () => (await sql.query<{ state: string }>('select state from outbox_message')).rows)
    .toEqual([{ state: 'delivered' }]);
});
