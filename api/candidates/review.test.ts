import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CandidateFacts } from '../../domain/mod.ts';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let first: TestUser;
let second: TestUser;
let id: string;
let made = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  tested = await openTestConsole(await postgres.createDatabase());
  first = await tested.logIn('reviewer-01');
  second = await tested.logIn('reviewer-02');
});

beforeEach(async () => {
  made += 1;
  id = (await tested.queueCandidate({ zone: `zone-${made}`, fromMs: testStartMs + made })).id;
});

afterAll(async () => {
  await tested?.close();
  await postgres?.stop();
});

const checks = { true: true, clear: true, complete: true, accurate: true };

async function take(user: TestUser): Promise<number> {
  return readReply<{ version: number }>(await user.post(`/api/candidates/${id}/lease`)).version;
}

async function show(user: TestUser, moments = ['first', 'middle', 'last']): Promise<void> {
  readReply(await user.post(`/api/candidates/${id}/stills-shown`, { moments }));
}

describe('the lease', () => {
  test('is taken, renewed by its holder without a new version, refused to others, given back', async () => {
    const taken = readReply<{ lease: object; version: number }>(
      await first.post(`/api/candidates/${id}/lease`),
    );
    expect(taken.lease).toEqual({ by: 'reviewer-01', mine: true, until: '2026-03-02T10:03:00+08:00' });
    tested.clock.nowMs += 60_000;
    expect(readReply(await first.post(`/api/candidates/${id}/lease`))).toMatchObject({
      lease: { until: '2026-03-02T10:04:00+08:00' },
      version: taken.version,
    });
    expect(readReply(await second.post(`/api/candidates/${id}/lease`), 409)).toMatchObject({
      error: { code: 'lease_lost', message: 'held by reviewer-01 until 10:04:00' },
    });
    expect(readReply(await second.get(`/api/candidates/${id}`))).toMatchObject({
      state: 'in_review',
      lease: { by: 'reviewer-01', mine: false },
    });
    expect((await second.delete(`/api/candidates/${id}/lease`)).statusCode).toBe(204);
    expect(readReply(await first.get(`/api/candidates/${id}`))).toMatchObject({ lease: { mine: true } });
    expect((await first.delete(`/api/candidates/${id}/lease`)).statusCode).toBe(204);
    expect(readReply(await second.get(`/api/candidates/${id}`))).toMatchObject({
      state: 'pending_review',
      lease: null,
    });
    expect(await take(second)).toBeGreaterThan(taken.version);
  });

  test('runs out after three minutes: the queue has it again and another may take it', async () => {
    const version = await take(first);
    tested.clock.nowMs += 3 * 60_000;
    expect(readReply(await second.get('/api/summary'))).toMatchObject({ candidates: { in_review: 0 } });
    const late = await first.post(`/api/candidates/${id}/confirm`, { version, checks });
    expect(readReply(late, 409)).toMatchObject({ error: { code: 'lease_lost' } });
    await take(second);
    const lost = await first.post(`/api/candidates/${id}/confirm`, { version, checks });
    expect(readReply(lost, 409)).toMatchObject({
      error: { message: expect.stringMatching(/^held by reviewer-02 until/) },
    });
  });

  test('of one candidate goes to one of many that ask at once', async () => {
    const replies = await Promise.all(
      [first, second, first, second].map((user) => user.post(`/api/candidates/${id}/lease`)),
    );
    const held = readReply<{ lease: { by: string } }>(await first.get(`/api/candidates/${id}`)).lease.by;
    const granted = replies
      .filter((reply) => reply.statusCode === 200)
      .map((reply) => reply.json<{ lease: { by: string } }>().lease.by);
    expect(new Set(granted)).toEqual(new Set([held]));
  });
});

describe('the decision', () => {
  test('to confirm signs four checks and makes a case in `accepted`, once', async () => {
    const version = await take(first);
    await show(first);
    const both = await Promise.all(
      [1, 2].map(() =>
        first.post(`/api/candidates/${id}/confirm`, { version, checks, driverAbsent: true, note: 'seen' }),
      ),
    );
    expect(both.map((reply) => reply.statusCode).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const done = both.find((reply) => reply.statusCode === 200);
    expect(done?.json()).toMatchObject({
      candidate: {
        state: 'confirmed',
        lease: null,
        review: { reviewer: 'reviewer-01', checks, note: 'seen' },
      },
      case: { state: 'accepted', level: 'normal', version: 1, zone: `zone-${made}` },
    });
    expect(readReply(await second.post(`/api/candidates/${id}/lease`), 409)).toMatchObject({
      error: {
        code: 'conflict',
        message: expect.stringMatching(/is already confirmed by reviewer-01 at \d\d:/),
      },
    });
  });

  test.each([
    [{ true: true, clear: true, complete: true, accurate: false }, ['accurate']],
    [{ true: true }, ['clear', 'complete', 'accurate']],
    [{}, ['true', 'clear', 'complete', 'accurate']],
  ])('to confirm with the checks %j lacks %j', async (signed, missing) => {
    const version = await take(first);
    const reply = await first.post(`/api/candidates/${id}/confirm`, { version, checks: signed });
    expect(readReply(reply, 422)).toMatchObject({ error: { code: 'checks_missing', details: { missing } } });
    expect(readReply(await first.get(`/api/candidates/${id}`))).toMatchObject({
      state: 'in_review',
      caseNo: null,
    });
  });

  test('needs a lease of one’s own and the version that was seen', async () => {
    const unheld = await first.post(`/api/candidates/${id}/confirm`, { version: 2, checks });
    expect(readReply(unheld, 409)).toMatchObject({ error: { code: 'lease_lost' } });
    const version = await take(first);
    const old = await first.post(`/api/candidates/${id}/reject`, { version: version - 1, reason: 'unclear' });
    expect(readReply(old, 409)).toMatchObject({ error: { code: 'conflict', details: { version } } });
  });

  test('to reject keeps its reason; "other" needs words', async () => {
    const version = await take(first);
    const wordless = await first.post(`/api/candidates/${id}/reject`, {
      version,
      reason: 'other',
      note: '  ',
    });
    expect(readReply(wordless, 400)).toMatchObject({ error: { details: { field: 'body.note' } } });
    const unknown = await first.post(`/api/candidates/${id}/reject`, { version, reason: 'bored' });
    expect(readReply(unknown, 400)).toMatchObject({
      error: { message: expect.stringContaining('body.reason: "bored" is not one of') },
    });
    const done = await first.post(`/api/candidates/${id}/reject`, {
      version,
      reason: 'other',
      note: 'a film set',
    });
    expect(readReply(done)).toMatchObject({
      candidate: { state: 'rejected', review: { reason: 'other', note: 'a film set', checks: null } },
    });
  });
});

describe('the queue', () => {
  const lot: readonly Partial<CandidateFacts>[] = [
    { offence: 'illegal_construction', fromMs: testStartMs - 900_000 },
    { offence: 'street_vending', fromMs: testStartMs - 800_000 },
    { offence: 'sidewalk_parking', fromMs: testStartMs - 100_000, meanScore: 0.5 },
    { offence: 'sidewalk_parking', fromMs: testStartMs - 100_000, meanScore: 0.9 },
    { offence: 'shop_overflow', fromMs: testStartMs - 700_000 },
  ];

  test('is ordered by urgency, age and confidence, and pages without a gap', async () => {
    const ids: string[] = [];
    for (const [index, given] of lot.entries())
      ids.push((await tested.queueCandidate({ camera: 'cam-queue', ruleId: `rule-${index}`, ...given })).id);
    const listed: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const url: string = `/api/candidates?camera=cam-queue&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: { items: { id: string }[]; total: number; nextCursor: string | null } = readReply(
        await first.get(url),
      );
      expect(page.total).toBe(5);
      listed.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    }
    expect(listed).toEqual([4, 3, 2, 1, 0].map((index) => ids[index]));
    const vending = readReply<{ total: number }>(
      await first.get('/api/candidates?camera=cam-queue&offence=street_vending,clutter'),
    );
    expect(vending.total).toBe(1);
  });

  test.each([
    ['state=pending_review,lost', 'query.state: "lost" is not one of'],
    ['offence=theft', 'query.offence: "theft" is not one of'],
    ['limit=0', 'query.limit'],
    ['limit=many', 'query.limit'],
    ['cursor=abc', 'query.cursor: not a cursor of this list'],
    ['colour=red', 'query.colour: unknown field "colour"'],
  ])('refuses ?%s', async (query, message) => {
    expect(readReply(await first.get(`/api/candidates?${query}`), 400)).toMatchObject({
      error: { code: 'bad_request', message: expect.stringContaining(message) },
    });
  });
});
