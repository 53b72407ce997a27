import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../platform/mod.ts';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';
import { openConsole } from '../open-console.ts';
import type { CandidateDetail } from './schema.ts';

let postgres: TestPostgres;
let databaseUrl: string;
let tested: TestConsole;
let first: TestUser;
let second: TestUser;
let sql: Client;
let id: string;
let made = 0;

const windowMs = 8_000;
const checks = { true: true, clear: true, complete: true, accurate: true };

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createDatabase();
  tested = await openTestConsole(databaseUrl, { review: { undoWindowMs: windowMs } });
  first = await tested.logIn('reviewer-01');
  second = await tested.logIn('reviewer-02');
  sql = new Client(databaseUrl);
  await sql.connect();
});

beforeEach(async () => {
  made += 1;
  id = (await tested.queueCandidate({ zone: `zone-${made}`, fromMs: testStartMs + made })).id;
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

async function take(user = first): Promise<number> {
  const { version } = readReply<{ version: number }>(await user.post(`/api/candidates/${id}/lease`));
  await user.post(`/api/candidates/${id}/stills-shown`, { moments: ['first', 'middle', 'last'] });
  return version;
}

async function confirm(): Promise<CandidateDetail> {
  const version = await take();
  const reply = await first.post(`/api/candidates/${id}/confirm`, { version, checks, driverAbsent: true });
  return readReply<{ candidate: CandidateDetail }>(reply).candidate;
}

const read = async (): Promise<CandidateDetail> =>
  readReply<CandidateDetail>(await first.get(`/api/candidates/${id}`));

async function countCases(): Promise<number> {
  const { rows } = await sql.query('select 1 from case_file where candidate_id = $1', [id]);
  return rows.length;
}

describe('the undo window', () => {
  test('holds the case back for 8 s, then it is there, once, however many look for it', async () => {
    expect(await confirm()).toMatchObject({
      state: 'confirmed',
      caseNo: null,
      undoUntil: '2026-03-02T10:00:08+08:00',
    });
    tested.clock.nowMs += windowMs - 1;
    await tested.console.runReviewJobs();
    expect(await countCases()).toBe(0);
    const other = await openConsole({
      databaseUrl,
      blobs: tested.blobs,
      logger: createLogger('error'),
      webDir: null,
      nowMs: () => tested.clock.nowMs,
    });
    tested.clock.nowMs += 1;
    await Promise.all([
      tested.console.runReviewJobs(),
      other.runReviewJobs(),
      tested.console.runReviewJobs(),
      other.runReviewJobs(),
    ]);
    await other.close();
    await tested.console.runReviewJobs();
    expect(await countCases()).toBe(1);
    expect(await read()).toMatchObject({ state: 'confirmed', caseNo: expect.any(String), undoUntil: null });
  });

  test('outlives the console that the decision was made on', async () => {
    const dead = await openTestConsole(databaseUrl, { review: { undoWindowMs: windowMs } });
    dead.clock.nowMs = tested.clock.nowMs;
    // Seeding the demo once more has ended the sessions.
    first = await tested.logIn('reviewer-01');
    second = await tested.logIn('reviewer-02');
    const reviewer = await dead.logIn('reviewer-01');
    const version = await take();
    readReply(await reviewer.post(`/api/candidates/${id}/confirm`, { version, checks, driverAbsent: true }));
    await dead.close();
    expect(await countCases()).toBe(0);
    tested.clock.nowMs += windowMs;
    await tested.console.runReviewJobs();
    expect(await countCases()).toBe(1);
  });

  test('gives it back to the same reviewer under a fresh lease, with what was shown; no case ever comes of it', async () => {
    const { version } = await confirm();
    tested.clock.nowMs += windowMs - 1;
    const undone = await first.post(`/api/candidates/${id}/undo`, { version });
    expect(readReply(undone)).toMatchObject({
      candidate: {
        state: 'in_review',
        version: version + 1,
        lease: { by: 'reviewer-01', mine: true },
        shownStills: ['first', 'middle', 'last'],
        review: null,
        undoUntil: null,
      },
    });
    tested.clock.nowMs += 60_000;
    await tested.console.runReviewJobs();
    expect(await countCases()).toBe(0);
    const reply = await first.post(`/api/candidates/${id}/reject`, {
      version: version + 1,
      reason: 'permitted',
    });
    expect(readReply(reply)).toMatchObject({ candidate: { state: 'rejected' } });
    const { rows } = await sql.query<{ action: string }>(
      "select action from audit_log where object_id = $1 and action like 'candidate.%' order by seq",
      [id],
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'candidate.confirm',
      'candidate.undo',
      'candidate.reject',
    ]);
  });

  test('is closed when it is over, for others, and where nothing was decided', async () => {
    const nothing = await first.post(`/api/candidates/${id}/undo`);
    expect(readReply(nothing, 409)).toMatchObject({ error: { code: 'conflict' } });
    const { version } = await confirm();
    const others = await second.post(`/api/candidates/${id}/undo`);
    expect(readReply(others, 403)).toMatchObject({
      error: { message: 'only reviewer-01, who decided, may take it back' },
    });
    const old = await first.post(`/api/candidates/${id}/undo`, { version: version - 1 });
    expect(readReply(old, 409)).toMatchObject({
      error: { code: 'conflict', details: { state: 'confirmed', version } },
    });
    tested.clock.nowMs += windowMs;
    const late = await first.post(`/api/candidates/${id}/undo`);
    expect(readReply(late, 409)).toMatchObject({ error: { code: 'undo_closed' } });
  });

  test('and the job never both win', async () => {
    const undone: number[] = [];
    for (let round = 0; round < 6; round++) {
      await confirm();
      tested.clock.nowMs += windowMs - (round % 2);
      const [reply] = await Promise.all([
        first.post(`/api/candidates/${id}/undo`),
        tested.console.runReviewJobs(),
      ]);
      await tested.console.runReviewJobs();
      undone.push(reply.statusCode);
      const isUndone = reply.statusCode === 200;
      expect(await countCases()).toBe(isUndone ? 0 : 1);
      expect((await read()).state).toBe(isUndone ? 'in_review' : 'confirmed');
      made += 1;
      id = (await tested.queueCandidate({ zone: `zone-${made}`, fromMs: testStartMs + made })).id;
    }
    expect(undone).toEqual([409, 200, 409, 200, 409, 200]);
  });

  test('a decision that cannot take effect now is tried again later and holds up no other', async () => {
    await confirm();
    const broken = id;
    // The serial of the day is used up: the case cannot be made.
    const day = '33038120260302';
    await sql.query(
      `insert into case_serial (day, last) values ($1, 99999) on conflict (day) do update set last = 99999`,
      [day],
    );
    tested.clock.nowMs += windowMs;
    await tested.console.runReviewJobs();
    expect(await countCases()).toBe(0);
    await sql.query(`update case_serial set last = 500 where day = $1`, [day]);
    made += 1;
    id = (await tested.queueCandidate({ zone: `zone-${made}`, fromMs: testStartMs + made })).id;
    await confirm();
    tested.clock.nowMs += windowMs;
    await tested.console.runReviewJobs();
    expect(await countCases()).toBe(1);
    id = broken;
    expect(await countCases()).toBe(1);
  });
});
