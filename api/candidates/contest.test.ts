import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { addReviewCrowd, type ReviewCrowd } from '../../test/support/review-crowd.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';

const windowMs = 8_000;
const leaseMs = 3 * 60_000;
const checks = { true: true, clear: true, complete: true, accurate: true };
const moments = ['first', 'middle', 'last'];

let postgres: TestPostgres;
let tested: TestConsole;
/** A second console on the same database, as a city has for its load. */
let other: TestConsole;
let crowd: ReviewCrowd;
let sql: Client;
let databaseUrl: string;
let id: string;
let made = 0;

/** A reviewer of the crowd, at one of the two consoles. */
function seat(index: number): Pick<TestUser, 'get' | 'post' | 'delete'> {
  const { app } = (index % 2 === 0 ? tested : other).console;
  const token = crowd.tokens[index] ?? '';
  const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
    app.inject({ method, url, cookies: { xunjie_session: token }, ...(payload && { payload }) });
  return {
    get: (url) => ask('GET', url),
    post: (url, body = {}) => ask('POST', url, body),
    delete: (url) => ask('DELETE', url),
  };
}

const at = (path: string): string => `/api/candidates/${id}/${path}`;

async function take(index: number): Promise<number> {
  const { version } = readReply<{ version: number }>(await seat(index).post(at('lease')));
  readReply(await seat(index).post(at('stills-shown'), { moments }));
  return version;
}

async function count(text: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(`select count(*)::int as n from ${text}`, [id]);
  return rows[0]?.n ?? 0;
}

const tally = (replies: readonly { statusCode: number }[], status: number): number =>
  replies.filter((reply) => reply.statusCode === status).length;

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createDatabase();
  const review = { undoWindowMs: windowMs, leaseMs };
  tested = await openTestConsole(databaseUrl, { review });
  other = await openTestConsole(databaseUrl, { review, nowMs: () => tested.clock.nowMs });
  sql = new Client(databaseUrl);
  await sql.connect();
});

beforeEach(async () => {
  await crowd?.close();
  await sql.query(
    "delete from session where account_id in (select id from account where username like 'crowd-%')",
  );
  await sql.query("update account set username = username || '-' || id where username like 'crowd-%'");
  crowd = await addReviewCrowd(databaseUrl, { reviewers: 12, candidates: 0, nowMs: tested.clock.nowMs });
  made += 1;
  id = (await tested.queueCandidate({ zone: `zone-${made}`, fromMs: testStartMs + made })).id;
});

afterAll(async () => {
  await crowd?.close();
  await sql?.end();
  await other?.close();
  await tested?.close();
  await postgres?.stop();
});

describe('a lease', () => {
  test('goes to one of many who claim it at once; the others learn who has it and until when', async () => {
    const replies = await Promise.all(crowd.tokens.map((_, index) => seat(index).post(at('lease'))));
    expect(tally(replies, 200)).toBe(1);
    expect(tally(replies, 409)).toBe(replies.length - 1);
    const winner = replies.findIndex((reply) => reply.statusCode === 200);
    const { lease } = replies[winner]?.json<{ lease: { by: string; until: string } }>() ?? { lease: null };
    expect(lease?.by).toBe(`crowd-${winner + 1}`);
    for (const reply of replies.filter(({ statusCode }) => statusCode === 409)) {
      const { error } = reply.json<{ error: { code: string; details: unknown } }>();
      expect(error.code).toBe('lease_lost');
      expect(error.details).toEqual({ by: lease?.by, until: lease?.until });
    }
    expect(Date.parse(lease?.until ?? '')).toBe(tested.clock.nowMs + leaseMs);
  });

  test('is renewed by its holder alone, and a renewal leaves the version', async () => {
    const version = await take(0);
    tested.clock.nowMs += leaseMs - 1;
    expect((await seat(1).post(at('lease'))).statusCode).toBe(409);
    const renewed = readReply<{ version: number }>(await seat(0).post(at('lease')));
    expect(renewed.version).toBe(version);
    tested.clock.nowMs += 2;
    expect((await seat(1).post(at('lease'))).statusCode).toBe(409);
  });

  test('of somebody else is not given back by a stranger', async () => {
    const version = await take(0);
    expect((await seat(1).delete(at('lease'))).statusCode).toBe(204);
    expect((await seat(0).post(at('reject'), { version, reason: 'permitted' })).statusCode).toBe(200);
  });

  test('that has run out allows no decision, neither when another has it nor when nobody has', async () => {
    const version = await take(0);
    tested.clock.nowMs += leaseMs;
    const late = await seat(0).post(at('confirm'), { version, checks, driverAbsent: true });
    expect([late.statusCode, late.json<{ error: { code: string } }>().error.code]).toEqual([
      409,
      'lease_lost',
    ]);
    await take(1);
    const later = await seat(0).post(at('reject'), { version, reason: 'permitted' });
    expect(later.json<{ error: { message: string } }>().error.message).toMatch(/^held by crowd-2 until /);
    expect(await count('review where candidate_id = $1')).toBe(0);
  });

  test('taken anew by the same person is another lease: neither version nor looks of the old one count', async () => {
    const version = await take(0);
    tested.clock.nowMs += leaseMs;
    const again = readReply<{ version: number }>(await seat(0).post(at('lease')));
    expect(again.version).toBeGreaterThan(version);
    const stale = await seat(0).post(at('reject'), { version, reason: 'permitted' });
    expect(stale.statusCode).toBe(409);
    const unseen = await seat(0).post(at('confirm'), { version: again.version, checks, driverAbsent: true });
    expect(unseen.json<{ error: { code: string } }>().error.code).toBe('stills_not_shown');
  });
});

describe('a decision', () => {
  test('sent many times at once is taken once', async () => {
    const version = await take(0);
    const body = { version, checks, driverAbsent: true };
    const replies = await Promise.all(Array.from({ length: 10 }, () => seat(0).post(at('confirm'), body)));
    expect(tally(replies, 200)).toBe(1);
    expect(tally(replies, 409)).toBe(9);
    expect(await count('review where candidate_id = $1')).toBe(1);
    expect(await count("audit_log where object_id = $1 and action = 'candidate.confirm'")).toBe(1);
  });

  test('and its opposite at once: one of them stands', async () => {
    const version = await take(0);
    const replies = await Promise.all([
      seat(0).post(at('confirm'), { version, checks, driverAbsent: true }),
      seat(0).post(at('reject'), { version, reason: 'permitted' }),
      seat(0).post('/api/candidates/batch-reject', { items: [{ id, version }], reason: 'unclear' }),
    ]);
    const rejected = replies[2]?.json<{ results: { status: string }[] }>().results[0]?.status === 'rejected';
    expect(tally(replies.slice(0, 2), 200) + (rejected ? 1 : 0)).toBe(1);
    expect(await count('review where candidate_id = $1')).toBe(1);
  });

  test('of a batch never overtakes who holds the candidate', async () => {
    const version = await take(0);
    const [batch, single] = await Promise.all([
      seat(1).post('/api/candidates/batch-reject', { items: [{ id, version }], reason: 'unclear' }),
      seat(0).post(at('confirm'), { version, checks, driverAbsent: true }),
    ]);
    expect(single.statusCode).toBe(200);
    const [result] = batch.json<{ results: { status: string; error: { code: string } }[] }>().results;
    expect(result?.status).toBe('refused');
    expect(['lease_lost', 'conflict']).toContain(result?.error.code);
  });

  test('taken back while it takes effect: it is either taken back or has taken effect, never both', async () => {
    const version = await take(0);
    readReply(await seat(0).post(at('confirm'), { version, checks, driverAbsent: true }));
    tested.clock.nowMs += windowMs - 1;
    const [undone] = await Promise.all([
      seat(0).post(at('undo')),
      Promise.resolve().then(() => {
        tested.clock.nowMs += 1;
        return Promise.all([tested.console.runReviewJobs(), other.console.runReviewJobs()]);
      }),
    ]);
    await tested.console.runReviewJobs();
    const cases = await count('case_file where candidate_id = $1');
    expect(undone.statusCode === 200 ? 0 : 1).toBe(cases);
    expect(await count('review where candidate_id = $1 and undone_at is null')).toBe(cases);
  });
});

test('whatever twelve reviewers do at once at two consoles, each candidate is decided once and by who held it', async () => {
  type Act = 'lease' | 'release' | 'shown' | 'confirm' | 'reject' | 'batch' | 'undo' | 'later';
  const act = fc.record({
    who: fc.nat({ max: 5 }),
    act: fc.constantFrom<Act>(
      'lease',
      'lease',
      'shown',
      'confirm',
      'reject',
      'batch',
      'undo',
      'release',
      'later',
    ),
    guess: fc.integer({ min: 1, max: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(act, { minLength: 2, maxLength: 8 }), { minLength: 2, maxLength: 5 }),
      async (rounds) => {
        made += 1;
        id = (await tested.queueCandidate({ zone: `zone-${made}`, fromMs: testStartMs + made })).id;
        let decided = 0;
        let undone = 0;
        for (const round of rounds)
          await Promise.all(
            round.map(async ({ who, act: name, guess: version }) => {
              const user = seat(who);
              switch (name) {
                case 'lease':
                  await user.post(at('lease'));
                  break;
                case 'release':
                  await user.delete(at('lease'));
                  break;
                case 'shown':
                  await user.post(at('stills-shown'), { moments });
                  break;
                case 'later':
                  tested.clock.nowMs += leaseMs / 2;
                  break;
                case 'undo': {
                  if ((await user.post(at('undo'))).statusCode === 200) undone += 1;
                  break;
                }
                case 'batch': {
                  const reply = await user.post('/api/candidates/batch-reject', {
                    items: [{ id, version }],
                    reason: 'test',
                  });
                  const { results } = readReply<{ results: { status: string }[] }>(reply);
                  if (results[0]?.status === 'rejected') decided += 1;
                  break;
                }
                case 'confirm':
                case 'reject': {
                  const body =
                    name === 'confirm'
                      ? { version, checks, driverAbsent: true }
                      : { version, reason: 'test' };
                  const reply = await user.post(at(name), body);
                  expect([200, 409, 422]).toContain(reply.statusCode);
                  if (reply.statusCode === 200) decided += 1;
                  break;
                }
              }
            }),
          );
        expect(await count('review where candidate_id = $1')).toBe(decided);
        expect(await count('review where candidate_id = $1 and undone_at is not null')).toBe(undone);
        expect(decided - undone).toBeLessThanOrEqual(1);
        expect(
          await count(
            "audit_log where object_id = $1 and action in ('candidate.confirm', 'candidate.reject')",
          ),
        ).toBe(decided);
        expect(await count("audit_log where object_id = $1 and action = 'candidate.undo'")).toBe(undone);
        const { rows } = await sql.query<{ state: string; version: number }>(
          'select state, version from candidate where id = $1',
          [id],
        );
        expect(['confirmed', 'rejected'].includes(rows[0]?.state ?? '')).toBe(decided - undone === 1);
      },
    ),
    { numRuns: 25, seed: 20261130 },
  );
}, 180_000);
