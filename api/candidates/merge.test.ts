import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CandidateFacts } from '../../domain/mod.ts';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';
import type { CandidateDetail } from './schema.ts';

const minuteMs = 60_000;
const windowMs = 8_000;

let postgres: TestPostgres;
let tested: TestConsole;
let first: TestUser;
let second: TestUser;
let id: string;
let master: string;
let zone: string;
let made = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  tested = await openTestConsole(await postgres.createDatabase(), { review: { undoWindowMs: windowMs } });
  first = await tested.logIn('reviewer-01');
  second = await tested.logIn('reviewer-02');
});

beforeEach(async () => {
  made += 1;
  zone = `zone-${made}`;
  master = await queue({ fromMs: testStartMs + made });
  id = await queue({ fromMs: testStartMs + 8 * minuteMs + made });
});

afterAll(async () => {
  await tested?.close();
  await postgres?.stop();
});

async function queue(given: Partial<CandidateFacts>): Promise<string> {
  const fromMs = given.fromMs ?? testStartMs;
  const facts = {
    zone,
    ruleId: `sidewalk_parking@${given.zone ?? zone}`,
    toMs: fromMs + 6 * minuteMs,
    ...given,
  };
  return (await tested.queueCandidate(facts)).id;
}

async function lease(user: TestUser, of: string): Promise<number> {
  return readReply<{ version: number }>(await user.post(`/api/candidates/${of}/lease`)).version;
}

const read = async (of: string): Promise<CandidateDetail> =>
  readReply<CandidateDetail>(await first.get(`/api/candidates/${of}`));

async function merge(from: string, into: string, user = first) {
  const version = await lease(user, from);
  return user.post(`/api/candidates/${from}/merge`, { version, into });
}

test('links the two, takes the one off the queue, and makes no case of it', async () => {
  const { candidate } = readReply<{ candidate: CandidateDetail }>(await merge(id, master));
  expect(candidate).toMatchObject({ state: 'merged', mergedInto: master, review: { result: 'merged' } });
  expect(await read(master)).toMatchObject({ state: 'pending_review', merged: [id], mergedInto: null });
  tested.clock.nowMs += windowMs;
  await tested.console.runReviewJobs();
  expect(await read(id)).toMatchObject({ state: 'merged', caseNo: null, undoUntil: null });
});

test('is taken back within the window, link and all, and not after it', async () => {
  readReply(await merge(id, master));
  const { candidate } = readReply<{ candidate: CandidateDetail }>(
    await first.post(`/api/candidates/${id}/undo`),
  );
  expect(candidate).toMatchObject({ state: 'in_review', mergedInto: null, lease: { mine: true } });
  expect((await read(master)).merged).toEqual([]);
  readReply(await merge(id, master));
  tested.clock.nowMs += windowMs;
  readReply(await first.post(`/api/candidates/${id}/undo`), 409);
});

describe('is refused', () => {
  test.each<[string, Partial<CandidateFacts>, RegExp]>([
    ['for another camera', { camera: 'cam-02' }, /another camera/],
    ['for another offence', { offence: 'clutter', class: 'object' }, /that one is clutter/],
    ['for another zone', { zone: 'elsewhere' }, /neither zone nor number plate/],
    ['for another hour', { fromMs: testStartMs + 90 * minuteMs }, /min between them/],
  ])('%s', async (_name, given, message) => {
    const other = await queue({ fromMs: testStartMs + 20 * minuteMs + made, ...given });
    const reply = await merge(id, other);
    expect([reply.statusCode, reply.json<{ error: { message: string } }>().error.message]).toEqual([
      409,
      expect.stringMatching(message),
    ]);
    expect(await read(id)).toMatchObject({ state: 'in_review', mergedInto: null });
  });

  test('into itself, into what there is not, into what is rejected, and without the lease', async () => {
    expect((await merge(id, id)).statusCode).toBe(400);
    expect((await merge(id, 'nothing')).statusCode).toBe(404);
    const version = await lease(second, master);
    readReply(await second.post(`/api/candidates/${master}/reject`, { version, reason: 'permitted' }));
    expect((await merge(id, master)).statusCode).toBe(409);
    const free = await queue({ fromMs: testStartMs + 16 * minuteMs + made });
    const bare = await second.post(`/api/candidates/${free}/merge`, { version: 2, into: id });
    expect(bare.json<{ error: { code: string } }>().error.code).toBe('lease_lost');
  });

  test('in a ring or a row: what others were merged into stays', async () => {
    readReply(await merge(id, master));
    expect((await merge(master, id, second)).statusCode).toBe(409);
    const third = await queue({ fromMs: testStartMs + 16 * minuteMs + made });
    expect((await merge(master, third, second)).statusCode).toBe(409);
  });
});

test('the same number plate joins two zones', async () => {
  const other = await queue({ zone: `other-${made}`, fromMs: testStartMs + 16 * minuteMs + made });
  for (const of of [id, other]) {
    const url = `/api/candidates/${of}/plate`;
    expect((await first.inject({ method: 'PUT', url, payload: { plate: '浙C12345' } })).statusCode).toBe(204);
  }
  readReply(await merge(id, other));
});

test('two who merge the two into each other at once do not both succeed', async () => {
  for (let round = 0; round < 5; round++) {
    const [one, two] = [await lease(first, id), await lease(second, master)];
    const replies = await Promise.all([
      first.post(`/api/candidates/${id}/merge`, { version: one, into: master }),
      second.post(`/api/candidates/${master}/merge`, { version: two, into: id }),
    ]);
    expect(replies.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 409]);
    const isFirst = replies[0]?.statusCode === 200;
    readReply(await (isFirst ? first : second).post(`/api/candidates/${isFirst ? id : master}/undo`));
    await first.delete(`/api/candidates/${id}/lease`);
    await second.delete(`/api/candidates/${master}/lease`);
  }
});
