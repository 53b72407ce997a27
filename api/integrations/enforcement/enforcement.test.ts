import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EnforcementAction } from '../../../domain/mod.ts';
import {
  confirmAs,
  nextAddress,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../../test/support/console.ts';
import { type EnforcementServer, openEnforcementServer } from '../../../test/support/enforcement-server.ts';
import { startTestPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import { signWebhook } from '../outgoing/webhook-signature.ts';
import type { EnforcementDetail } from './schema.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let server: EnforcementServer;
const users = new Map<string, TestUser>();
const secret = 'app secret of the city';
let queued = 0;

async function as(username: string): Promise<TestUser> {
  const user = users.get(username) ?? (await tested.logIn(username));
  users.set(username, user);
  return user;
}

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url, { integrationNetworks: ['127.0.0.0/8'] });
  sql = new Client(url);
  await sql.connect();
  await sql.query(
    `insert into account (username, display_name, password_hash, roles)
     select name, name, password_hash, array['legal_reviewer'] from account, unnest(array['legal-01']) name
     where username = 'squad-01'`,
  );
  server = await openEnforcementServer({
    appKey: 'city-app',
    appSecret: secret,
    nowMs: () => tested.clock.nowMs,
  });
  await tested.console.upsertCamera({ id: 'cam-01', name: 'cam-01' });
  const demo = await as('demo');
  for (const item of ['legal_review', 'technical_review', 'sign', 'publication'])
    readReply(
      await demo.inject({
        method: 'PUT',
        url: `/api/cameras/cam-01/attestations/${item}`,
        payload: { document: '1', heldOn: '2026-01-05' },
      }),
    );
  const commander = await as('commander-01');
  const body = {
    id: 'palm',
    name: '掌上执法',
    kind: 'enforcement',
    direction: 'both',
    url: server.url,
    accepts: ['enforcement.status'],
    settings: { appKey: 'city-app', officers: { E100: 'squad-01', E200: 'demo' } },
    secret,
  };
  readReply(await commander.post('/api/integrations', body), 201);
}, 120_000);

afterAll(async () => {
  await server?.close();
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

/** Confirmed for a penalty by two reviewers. */
async function openPenaltyCase(): Promise<string> {
  queued += 1;
  const { id } = await tested.queueCandidate({ fromMs: tested.clock.nowMs - 600_000 * (queued + 1) });
  readReply(await confirmAs(await as('reviewer-01'), id, { track: 'penalty' }));
  const second = await confirmAs(await as('reviewer-02'), id, { track: 'penalty' });
  return readReply<{ case: { caseNo: string } }>(second).case.caseNo;
}

async function read(caseNo: string): Promise<EnforcementDetail> {
  return readReply<EnforcementDetail>(await (await as('commander-01')).get(`/api/enforcement/${caseNo}`));
}

async function act(
  username: string,
  caseNo: string,
  action: EnforcementAction,
  body: object = {},
  status = 200,
) {
  const { version } = await read(caseNo);
  const reply = await (await as(username)).post(`/api/enforcement/${caseNo}/actions/${action}`, {
    version,
    ...body,
  });
  return readReply<EnforcementDetail & { error: { code: string; message: string } }>(reply, status);
}

async function toReady(): Promise<string> {
  const caseNo = await openPenaltyCase();
  await act('legal-01', caseNo, 'legal_review');
  await act('shift-leader-01', caseNo, 'notify', { note: 'by SMS' });
  await act('legal-01', caseNo, 'waive_objection', { note: 'the party said so' });
  return caseNo;
}

const submissions = () => server.requests.filter(({ path }) => path.endsWith('/xunjie/cases'));

// Each walks several cases through two reviews and a hand-over.
describe('the penalty track', { timeout: 120_000 }, () => {
  test('goes by law: reviewed by somebody else, told, objected to, judged, handed over', async () => {
    const caseNo = await openPenaltyCase();
    expect(await read(caseNo)).toMatchObject({ state: 'evidence_sealed' });
    expect((await act('commander-01', caseNo, 'hand_over', {}, 409)).error.message).toContain(
      'needs notified',
    );
    await act('commander-01', caseNo, 'legal_review', {}, 403);
    await act('legal-01', caseNo, 'legal_review');
    await act('shift-leader-01', caseNo, 'notify');
    const early = await act('commander-01', caseNo, 'hand_over', {}, 409);
    expect(early.error.message).toContain('the time to object runs until');
    await act('intake-01', caseNo, 'receive_statement', {}, 400);
    await act('intake-01', caseNo, 'receive_statement', { reason: 'plate_misread' });
    await act('commander-01', caseNo, 'hand_over', {}, 409);
    const judged = await act('legal-01', caseNo, 'review_statement', { note: 'it was read rightly' });
    expect(judged.state).toBe('statement_reviewed');
    await act('commander-01', caseNo, 'hand_over');
    await act('commander-01', caseNo, 'hand_over', {}, 409);
    await tested.console.sendOutbox();
    expect(await read(caseNo)).toMatchObject({
      state: 'handed_over',
      reference: 'ZSZF-1',
      handOver: 'delivered',
    });
    expect((await read(caseNo)).steps.map(({ action }) => action)).toEqual([
      'open',
      'legal_review',
      'notify',
      'receive_statement',
      'review_statement',
      'hand_over',
      'handed_over',
    ]);
    const submitted = server.cases.get(caseNo) as { evidence: object; confirmedBy: { reviewer: string }[] };
    expect(submitted.evidence).toMatchObject({ manifestHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(submitted.confirmedBy.map(({ reviewer }) => reviewer)).toEqual(['reviewer-01', 'reviewer-02']);
  });

  test('who reviewed the candidate does not judge over it again', async () => {
    await sql.query(
      `update account set roles = array['reviewer', 'legal_reviewer'] where username = 'reviewer-02'`,
    );
    const caseNo = await openPenaltyCase();
    const refused = await act('reviewer-02', caseNo, 'legal_review', {}, 403);
    expect(refused.error.code).toBe('same_reviewer');
    await sql.query(`update account set roles = array['reviewer'] where username = 'reviewer-02'`);
  });

  test('the plate is in what is sent and in nothing that is stored in the clear', async () => {
    const caseNo = await openPenaltyCase();
    const { rows } = await sql.query<{ candidate_id: string }>(
      'select candidate_id from case_file where case_no = $1',
      [caseNo],
    );
    const entered = await (await as('reviewer-01')).inject({
      method: 'PUT',
      url: `/api/candidates/${rows[0]?.candidate_id}/plate`,
      payload: { plate: '浙C12345' },
    });
    expect(entered.statusCode).toBeLessThan(300);
    await act('legal-01', caseNo, 'legal_review');
    await act('shift-leader-01', caseNo, 'notify');
    await act('legal-01', caseNo, 'waive_objection', { note: 'said so' });
    await act('commander-01', caseNo, 'hand_over');
    await tested.console.sendOutbox();
    expect(server.cases.get(caseNo)).toMatchObject({ plate: '浙C12345' });
    const stored = await sql.query<{ line: string }>(
      'select row_to_json(outbox_message)::text as line from outbox_message',
    );
    for (const { line } of stored.rows) expect(line).not.toContain('浙C12345');
  });
});

describe('the gateway', { timeout: 120_000 }, () => {
  test('renews a token that ended, before its time and at it, and asks for no more than it needs', async () => {
    const tokens = () => server.requests.filter(({ path }) => path.includes('/gettoken.json')).length;
    const before = tokens();
    for (const end of [
      () => undefined,
      () => server.endTokens(),
      () => void (tested.clock.nowMs += 7_200_000),
    ]) {
      end();
      users.clear();
      const caseNo = await toReady();
      await act('commander-01', caseNo, 'hand_over');
      await tested.console.sendOutbox();
      expect(await read(caseNo)).toMatchObject({ state: 'handed_over' });
    }
    expect(tokens() - before).toBe(2);
  });

  test.each(['error', 'garbage', 'accepted_but_error'] as const)(
    'a case that met %s is sent again under its number and is there once',
    async (fault) => {
      const caseNo = await toReady();
      server.faults.push(fault);
      await act('commander-01', caseNo, 'hand_over');
      const sent = submissions().length;
      await tested.console.sendOutbox();
      expect(await read(caseNo)).toMatchObject({ state: 'notified', handOver: 'queued' });
      await act('legal-01', caseNo, 'withdraw', { note: 'too late' }, 409);
      tested.clock.nowMs += 13_000;
      await tested.console.sendOutbox();
      expect(submissions()).toHaveLength(sent + 2);
      expect(await read(caseNo)).toMatchObject({ state: 'handed_over' });
      expect([...server.cases.keys()].filter((key) => key === caseNo)).toHaveLength(1);
    },
  );

  test('an officer logs in with a code once; codes that are used, old or of somebody else open nothing', async () => {
    const enter = (code: string) =>
      tested.console.app.inject({
        method: 'POST',
        url: '/api/session/enforcement-code',
        remoteAddress: nextAddress(),
        payload: { integration: 'palm', code },
      });
    const code = server.issueCode('E100');
    const reply = await enter(code);
    expect(readReply(reply)).toMatchObject({ user: { username: 'squad-01' } });
    expect(reply.cookies[0]).toMatchObject({ name: 'xunjie_session', httpOnly: true });
    expect((await enter(code)).statusCode).toBe(401);
    const old = server.issueCode('E100');
    tested.clock.nowMs += 301_000;
    expect((await enter(old)).statusCode).toBe(401);
    // An account that may do more than an officer is not entered by this door.
    expect((await enter(server.issueCode('E200'))).statusCode).toBe(401);
    expect((await enter(server.issueCode('E300'))).statusCode).toBe(401);
    expect((await enter('made up')).statusCode).toBe(401);
  });
});

describe('what comes back', { timeout: 120_000 }, () => {
  async function tell(data: object, id: string = randomUUID(), key = secret) {
    const body = JSON.stringify({ type: 'enforcement.status', data });
    return tested.console.app.inject({
      method: 'POST',
      url: '/api/inbox/palm',
      remoteAddress: nextAddress(),
      headers: {
        'content-type': 'application/json',
        ...signWebhook([key], { id, atMs: tested.clock.nowMs, body }),
      },
      payload: body,
    });
  }

  test('is taken over in order, once, and only signed', async () => {
    users.clear();
    const caseNo = await toReady();
    await act('commander-01', caseNo, 'hand_over');
    expect(readReply(await tell({ caseNo, state: 'decided' }), 422)).toMatchObject({ state: 'refused' });
    await tested.console.sendOutbox();
    expect((await tell({ caseNo, state: 'decided' }, 'a', 'another secret, as long')).statusCode).toBe(401);
    expect(readReply(await tell({ caseNo, state: 'paid' }), 422)).toMatchObject({
      result: expect.stringContaining('comes after decided or served'),
    });
    const id = randomUUID();
    expect(readReply(await tell({ caseNo, state: 'decided', note: '罚款' }, id))).toEqual({
      state: 'applied',
      result: `${caseNo} is decided`,
      isRepeated: false,
    });
    expect(readReply(await tell({ caseNo, state: 'decided', note: '罚款' }, id))).toMatchObject({
      isRepeated: true,
    });
    for (const state of ['served', 'paid']) readReply(await tell({ caseNo, state }));
    const { state, steps } = await read(caseNo);
    expect(state).toBe('paid');
    expect(steps.filter(({ action }) => action === 'import')).toHaveLength(3);
  });

  test('is asked for where it cannot be told: what happened in order, what does not fit never, less often while nothing moves', async () => {
    const minuteMs = 60_000;
    const asked = () => server.requests.filter(({ path }) => path.endsWith('/xunjie/case-states')).length;
    const pollAfter = async (minutes: number) => {
      tested.clock.nowMs += minutes * minuteMs;
      const before = asked();
      const imported = await tested.console.pollEnforcement();
      return { imported, asked: asked() - before };
    };
    // Cases of the other tests are not asked after.
    await sql.query(`update enforcement_file set poll_at = '2100-01-01'`);
    const caseNo = await toReady();
    await act('commander-01', caseNo, 'hand_over');
    await tested.console.sendOutbox();
    expect(await pollAfter(0)).toEqual({ imported: 0, asked: 0 });
    await sql.query(`update integration set settings = settings || '{"pollMinutes": 10}' where id = 'palm'`);
    expect(await pollAfter(0)).toEqual({ imported: 0, asked: 1 });
    expect(await pollAfter(9)).toEqual({ imported: 0, asked: 0 });
    server.endTokens(); // asked once, and once more with a fresh one
    expect(await pollAfter(1)).toEqual({ imported: 0, asked: 2 });
    expect(await pollAfter(19)).toEqual({ imported: 0, asked: 0 });

    server.faults.push('error');
    expect(await pollAfter(1)).toEqual({ imported: 0, asked: 1 });
    const failing = await sql.query<{ last_error: string }>(
      `select last_error from integration where id = 'palm'`,
    );
    expect(failing.rows[0]?.last_error).toContain('the enforcement system answered 500');
    expect(await pollAfter(39)).toEqual({ imported: 0, asked: 0 });

    users.clear();
    server.states.set(caseNo, [
      { state: 'decided', note: '罚款' },
      { state: 'served' },
      { state: 'handed_over' },
    ]);
    expect(await pollAfter(1)).toEqual({ imported: 2, asked: 1 });
    expect(await read(caseNo)).toMatchObject({ state: 'served' });
    server.states.set(caseNo, [{ state: 'decided' }, { state: 'served' }, { state: 'paid' }]);
    expect(await pollAfter(10)).toEqual({ imported: 1, asked: 1 });
    const { state, steps } = await read(caseNo);
    expect(state).toBe('paid');
    expect(steps.filter(({ action }) => action === 'import').map(({ to }) => to)).toEqual([
      'decided',
      'served',
      'paid',
    ]);
    expect(await pollAfter(60 * 24)).toEqual({ imported: 0, asked: 0 });
  });
});
