import { createHmac } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLogger, loadOrCreateFieldKeys } from '../../../platform/mod.ts';
import { type CaseDriver, createCaseDriver } from '../../../test/support/case-driver.ts';
import { openTestConsole, readReply, type TestConsole } from '../../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import { makeTempDir } from '../../../test/support/temp-dir.ts';
import {
  openWebhookReceiver,
  type ReceivedRequest,
  type WebhookReceiver,
} from '../../../test/support/webhook-receiver.ts';
import { type Console, openConsole } from '../../mod.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let url: string;
let keyDir: string;
let sql: Client;
let driver: CaseDriver;
let receiver: WebhookReceiver;
let names = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  url = await postgres.createDatabase();
  keyDir = await makeTempDir('outbox-keys');
  const fieldKeys = await loadOrCreateFieldKeys(path.join(keyDir, 'keys.json'));
  tested = await openTestConsole(url, { integrationNetworks: ['127.0.0.0/8'], fieldKeys });
  sql = new Client(url);
  await sql.connect();
  driver = createCaseDriver(tested, sql);
});

beforeEach(async () => {
  await sql.query('delete from integration');
  await receiver?.close();
  receiver = await openWebhookReceiver();
});

afterAll(async () => {
  await receiver?.close();
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
  await rm(keyDir, { recursive: true, force: true });
});

/** Another console on the same database. */
async function openSecond(): Promise<Console> {
  return openConsole({
    databaseUrl: url,
    blobs: tested.blobs,
    fieldKeys: await loadOrCreateFieldKeys(path.join(keyDir, 'keys.json')),
    logger: createLogger('error'),
    webDir: null,
    integrationNetworks: ['127.0.0.0/8'],
    nowMs: () => tested.clock.nowMs,
  });
}

const report = {
  source: 'public',
  offence: 'street_vending',
  description: 'call back 13800138000',
  reporter: '12345-7',
};

async function connect(body: object = {}): Promise<{ id: string; secret: string }> {
  names += 1;
  const id = `hook-${names}`;
  const commander = await driver.user('commander-01');
  const reply = await commander.post('/api/integrations', {
    id,
    name: 'a receiver',
    kind: 'webhook',
    direction: 'out',
    url: receiver.url,
    events: ['case.*'],
    ...body,
  });
  return { id, secret: readReply<{ secret: string }>(reply, 201).secret };
}

const toType = ({ body }: ReceivedRequest) => (JSON.parse(body) as { type: string }).type;
const toCaseNo = ({ body }: ReceivedRequest) =>
  (JSON.parse(body) as { data: { caseNo: string } }).data.caseNo;

async function listDead() {
  const commander = await driver.user('commander-01');
  return readReply<{ total: number; items: { id: string; attempts: number; lastError: string }[] }>(
    await commander.get('/api/outbox?state=dead'),
  );
}

describe('the outbox', () => {
  test('brings each step of a case, signed and in order, without what people wrote', async () => {
    const { secret } = await connect();
    const { caseNo } = await driver.toDisposal(report);
    await tested.console.sendOutbox();
    expect(receiver.received.map(toType)).toEqual([
      'case.report',
      'case.accept',
      'case.register',
      'case.dispatch',
      'case.receive',
    ]);
    const [first] = receiver.received as [ReceivedRequest];
    const id = String(first.headers['webhook-id']);
    const timestamp = String(first.headers['webhook-timestamp']);
    expect(Number(timestamp)).toBe(Math.floor(tested.clock.nowMs / 1000));
    const mac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'));
    const signature = mac.update(`${id}.${timestamp}.${first.body}`).digest('base64');
    expect(first.headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(5);
    const last = JSON.parse(receiver.received[4]?.body ?? '') as { data: object };
    expect(last.data).toMatchObject({
      caseNo,
      state: 'in_disposal',
      unit: 'huling-squad',
      from: 'dispatched',
    });
    for (const { body } of receiver.received) expect(body).not.toMatch(/13800138000|12345-7|intake-01/);
  });

  test('has nothing of a step that was refused', async () => {
    const { caseNo } = await driver.report(report);
    await connect();
    await driver.refuse('shift-leader-01', caseNo, 'close');
    await tested.console.sendOutbox();
    expect(receiver.received).toEqual([]);
  });

  test('takes only what the filter and the unit say', async () => {
    const closed = await connect({ events: ['case.receive'] });
    await connect({ events: ['*'], unit: 'traffic-police' });
    await driver.toDisposal(report);
    await tested.console.sendOutbox();
    expect(receiver.received.map(toType)).toEqual(['case.receive']);
    const commander = await driver.user('commander-01');
    expect(readReply(await commander.get(`/api/integrations/${closed.id}`))).toMatchObject({
      health: { state: 'ok', queued: 0, dead: 0, lagSeconds: 0 },
    });
  });

  test('holds a case back behind its own message that fails, and no other case', async () => {
    const { caseNo } = await driver.report(report);
    await connect();
    receiver.answer = (request) => ({ status: toCaseNo(request) === caseNo ? 500 : 200 });
    await driver.act('intake-01', caseNo, 'accept');
    await driver.act('shift-leader-01', caseNo, 'register');
    const other = await driver.report(report);
    await tested.console.sendOutbox();
    expect(receiver.received.map(toCaseNo).toSorted()).toEqual([caseNo, other.caseNo].toSorted());
    tested.clock.nowMs += 7_000;
    await tested.console.sendOutbox();
    expect(receiver.received).toHaveLength(2);
    tested.clock.nowMs += 6_000;
    receiver.answer = () => ({ status: 200 });
    await tested.console.sendOutbox();
    expect(receiver.received.slice(2).map(toType)).toEqual(['case.accept', 'case.register']);
    const ids = receiver.received.filter((request) => toType(request) === 'case.accept');
    expect(new Set(ids.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  test('gives up after twelve attempts; the message is listed, replayed under its id, or dropped with a reason', async () => {
    const { id } = await connect({ events: ['case.report'] });
    receiver.answer = () => ({ status: 503 });
    await driver.report(report);
    for (let attempt = 1; attempt <= 12; attempt++) {
      await tested.console.sendOutbox();
      expect(receiver.received).toHaveLength(attempt);
      tested.clock.nowMs += 4_400_000;
    }
    await tested.console.sendOutbox();
    expect(receiver.received).toHaveLength(12);
    const [dead] = (await listDead()).items;
    expect(dead).toMatchObject({ attempts: 12, lastError: 'the receiver answered 503' });
    const commander = await driver.user('commander-01');
    expect(readReply(await commander.get(`/api/integrations/${id}`))).toMatchObject({
      health: { state: 'failing', dead: 1 },
    });
    expect((await commander.post(`/api/outbox/${dead?.id}/drop`, {})).statusCode).toBe(400);
    receiver.answer = () => ({ status: 200 });
    readReply(await commander.post(`/api/outbox/${dead?.id}/replay`));
    await tested.console.sendOutbox();
    expect(receiver.received[12]?.headers['webhook-id']).toBe(dead?.id);
    readReply(await commander.post(`/api/outbox/${dead?.id}/replay`), 409);
    receiver.answer = () => ({ status: 500 });
    await driver.report(report);
    await tested.console.sendOutbox();
    const { items } = readReply<{ items: { id: string }[] }>(await commander.get('/api/outbox?state=queued'));
    const dropped = await commander.post(`/api/outbox/${items[0]?.id}/drop`, { reason: 'told by telephone' });
    expect(readReply(dropped)).toMatchObject({
      state: 'dropped',
      decidedBy: 'commander-01',
      decidedReason: 'told by telephone',
    });
    const { rows } = await sql.query<{ action: string }>(
      `select distinct action from audit_log where action like 'outbox.%' order by action`,
    );
    expect(rows.map((row) => row.action)).toEqual(['outbox.drop', 'outbox.give_up', 'outbox.replay']);
  });

  test('waits as long as the receiver asks, and disables who answers 410', async () => {
    const { id } = await connect({ events: ['case.report'] });
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': '120' } });
    await driver.report(report);
    await tested.console.sendOutbox();
    tested.clock.nowMs += 119_000;
    await tested.console.sendOutbox();
    expect(receiver.received).toHaveLength(1);
    tested.clock.nowMs += 2_000;
    receiver.answer = () => ({ status: 410 });
    await tested.console.sendOutbox();
    expect(receiver.received).toHaveLength(2);
    tested.clock.nowMs += 3_600_000;
    await driver.report(report);
    await tested.console.sendOutbox();
    expect(receiver.received).toHaveLength(2);
    const commander = await driver.user('commander-01');
    expect(readReply(await commander.get(`/api/integrations/${id}`))).toMatchObject({
      state: 'disabled',
      disabledReason: 'the receiver answered 410 Gone',
      health: { queued: 1 },
    });
  });

  test('follows no redirect and reads no endless answer', async () => {
    await connect({ events: ['case.report'] });
    const elsewhere = await openWebhookReceiver();
    receiver.answer = () => ({ status: 302, headers: { location: elsewhere.url } });
    await driver.report(report);
    await tested.console.sendOutbox();
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
    const commander = await driver.user('commander-01');
    expect(readReply(await commander.get('/api/outbox?state=queued'))).toMatchObject({
      items: [{ lastStatus: 302, lastError: 'the receiver answered 302' }],
    });
    receiver.answer = () => ({ status: 200, body: 'x'.repeat(5_000_000) });
    tested.clock.nowMs += 13_000;
    await tested.console.sendOutbox();
    expect(readReply(await commander.get('/api/outbox?state=delivered'))).toMatchObject({ total: 1 });
  });

  test('two consoles that send at once send each message once', async () => {
    const second = await openSecond();
    await connect({ events: ['case.report'] });
    for (let count = 0; count < 6; count++) await driver.report(report);
    await Promise.all([tested.console.sendOutbox(), second.sendOutbox()]);
    await expect
      .poll(async () => {
        const { rows } = await sql.query(`select 1 from outbox_message where state = 'delivered'`);
        return rows.length;
      })
      .toBe(6);
    expect(receiver.received).toHaveLength(6);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(6);
    await second.close();
  });

  test('a new secret signs beside the one before for a day', async () => {
    const { id, secret } = await connect({ events: ['case.report'] });
    const commander = await driver.user('commander-01');
    const rotated = await commander.post(`/api/integrations/${id}/rotate-secret`);
    const fresh = readReply<{ secret: string }>(rotated).secret;
    await driver.report(report);
    await tested.console.sendOutbox();
    const [request] = receiver.received as [ReceivedRequest];
    const signed = `${String(request.headers['webhook-id'])}.${String(request.headers['webhook-timestamp'])}.${request.body}`;
    const signatures = [fresh, secret].map((each) => {
      const mac = createHmac('sha256', Buffer.from(each.slice('whsec_'.length), 'base64'));
      return `v1,${mac.update(signed).digest('base64')}`;
    });
    expect(request.headers['webhook-signature']).toBe(signatures.join(' '));
    const { rows } = await sql.query<{ line: string }>(
      `select row_to_json(integration)::text as line from integration union all
       select row_to_json(audit_log)::text from audit_log`,
    );
    for (const { line } of rows)
      for (const each of [secret, fresh]) expect(line).not.toContain(each.slice(6));
  });
});
