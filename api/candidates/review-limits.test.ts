import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  confirmAs,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import type { CandidateDetail } from './schema.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let reviewer: TestUser;
let sql: Client;
let id: string;
let made = 0;

const minuteMs = 60_000;
const limitMs = 30 * minuteMs;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  await tested.console.upsertCamera({ id: 'cam-01', name: 'bridge' });
  sql = new Client(url);
  await sql.connect();
});

beforeEach(async () => {
  made += 1;
  // Raised long ago: the limit runs from when it reached the queue.
  id = (await tested.queueCandidate({ fromMs: tested.clock.nowMs - 3 * limitMs + made })).id;
  reviewer = await tested.logIn('reviewer-01'); // a session does not last over days
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

const read = async (): Promise<CandidateDetail> =>
  readReply<CandidateDetail>(await reviewer.get(`/api/candidates/${id}`));

async function pass(ms: number): Promise<void> {
  tested.clock.nowMs += ms;
  await tested.console.runReviewJobs();
  reviewer = await tested.logIn('reviewer-01');
}

async function listActs(): Promise<string[]> {
  const { rows } = await sql.query<{ action: string; actor: string }>(
    'select action, actor from audit_log where object_id = $1 order by seq',
    [id],
  );
  return rows.map(({ action, actor }) => `${actor} ${action}`);
}

describe('what waits too long', () => {
  test('is escalated first, expires as much later, and cannot be decided then', async () => {
    await pass(limitMs - 1);
    expect(await read()).toMatchObject({ state: 'pending_review', escalatedAt: null });
    await pass(1);
    expect(await read()).toMatchObject({ state: 'pending_review', escalatedAt: expect.any(String) });
    await pass(limitMs - 1);
    expect((await read()).state).toBe('pending_review');
    await pass(1);
    expect((await read()).state).toBe('expired');
    expect(await listActs()).toEqual(['system candidate.escalate', 'system candidate.expire']);
    const late = await reviewer.post(`/api/candidates/${id}/lease`);
    expect(readReply(late, 409)).toMatchObject({ error: { details: { state: 'expired' } } });
  });

  test('is left to whoever holds it', async () => {
    await pass(2 * limitMs - 1);
    readReply(await reviewer.post(`/api/candidates/${id}/lease`));
    await pass(minuteMs);
    expect((await read()).state).toBe('in_review');
    readReply(await confirmAs(reviewer, id));
  });

  test('for evidence expires after a day without an escalation', async () => {
    const { version } = readReply<{ version: number }>(await reviewer.post(`/api/candidates/${id}/lease`));
    readReply(await reviewer.post(`/api/candidates/${id}/ask-evidence`, { version, wants: 'site_visit' }));
    await pass(24 * 60 * minuteMs - 1);
    expect((await read()).state).toBe('needs_evidence');
    await pass(1);
    expect((await read()).state).toBe('expired');
  });

  test('for the second person on the penalty track has five working days', async () => {
    const demo = await tested.logIn('demo');
    for (const item of ['legal_review', 'technical_review', 'sign', 'publication'])
      readReply(
        await demo.inject({
          method: 'PUT',
          url: `/api/cameras/cam-01/attestations/${item}`,
          payload: { document: 'file 1', heldOn: '2026-01-05' },
        }),
      );
    // A Tuesday morning: five working days later it is the next Tuesday.
    tested.clock.nowMs = Date.parse('2026-03-10T09:00:00+08:00');
    reviewer = await tested.logIn('reviewer-01');
    readReply(await confirmAs(reviewer, id, { track: 'penalty' }));
    await pass(Date.parse('2026-03-17T08:59:59+08:00') - tested.clock.nowMs);
    expect(await read()).toMatchObject({ state: 'pending_review', stage: 2, escalatedAt: null });
    await pass(1000);
    expect(await read()).toMatchObject({ state: 'pending_review', escalatedAt: expect.any(String) });
    await pass(Date.parse('2026-03-24T09:00:00+08:00') - tested.clock.nowMs);
    expect((await read()).state).toBe('expired');
  });
});
