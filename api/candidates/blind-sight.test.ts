import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  confirmAs,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';
import type { CandidateDetail } from './schema.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let first: TestUser;
let second: TestUser;
let leader: TestUser;
let made = 0;
/** The candidate that was decided, its package and its case. */
let id: string;
let hash: string;
let caseNo: string;
/** Its blind repetition. */
let again: CandidateDetail;

beforeAll(async () => {
  postgres = await startTestPostgres();
  tested = await openTestConsole(await postgres.createDatabase(), { review: { blindShare: 1 } });
  first = await tested.logIn('reviewer-01');
  second = await tested.logIn('reviewer-02');
  leader = await tested.logIn('shift-leader-01');
});

beforeEach(async () => {
  made += 1;
  id = (await tested.queueCandidate({ zone: `zone-${made}`, fromMs: testStartMs + made })).id;
  // The second reviewer has seen it in the queue, and knows its id and its package.
  const seen = readReply<CandidateDetail>(await second.get(`/api/candidates/${id}`));
  hash = seen.evidence?.manifestHash ?? '';
  const plated = await first.inject({
    method: 'PUT',
    url: `/api/candidates/${id}/plate`,
    payload: { plate: '浙C12345' },
  });
  if (plated.statusCode !== 204) throw new Error(`the plate was not taken: ${plated.body}`);
  const confirmed = await confirmAs(first, id);
  caseNo = readReply<{ case: { caseNo: string } }>(confirmed).case.caseNo;
  const { items } = readReply<{ items: { id: string; zone: string }[] }>(await second.get('/api/candidates'));
  const repetition = items.find(({ zone }) => zone === `zone-${made}`);
  again = readReply(await second.get(`/api/candidates/${repetition?.id}`));
});

afterAll(async () => {
  await tested?.close();
  await postgres?.stop();
});

test('no answer that the second reviewer gets names the first candidate, its package, its case or its reviewer', async () => {
  const blindHash = again.evidence?.manifestHash ?? '';
  expect(blindHash).toMatch(/^[0-9a-f]{64}$/);
  expect(blindHash).not.toBe(hash);
  const urls = [
    `/api/candidates/${again.id}`,
    '/api/candidates',
    '/api/candidates?state=confirmed',
    '/api/candidates?state=rejected,confirmed,pending_review,in_review',
    '/api/cases',
    `/api/candidates/${again.id}/plate`,
    `/api/evidence/${blindHash}/manifest.json`,
    `/api/evidence/${blindHash}/signature.json`,
    `/api/evidence/${blindHash}/export?purpose=review`,
    '/api/review-agreement',
    '/api/custody',
    `/api/custody?package=${hash}`,
    '/api/summary',
  ];
  for (const url of urls) {
    const { body } = await second.get(url);
    for (const trace of [id, hash, caseNo, 'reviewer-01']) expect(body, url).not.toContain(trace);
  }
  for (const url of [`/api/evidence/${blindHash}/manifest.json`, `/api/evidence/${blindHash}/signature.json`])
    expect((await second.get(url)).statusCode).toBe(404);
});

test('whoever still knows id, package and case finds nothing there', async () => {
  for (const url of [
    `/api/candidates/${id}`,
    `/api/candidates/${id}/plate`,
    `/api/cases/${caseNo}`,
    `/api/evidence/${hash}/manifest.json`,
    `/api/evidence/${hash}/masked/first.jpg`,
    `/api/evidence/${hash}/export?purpose=review`,
  ])
    expect((await second.get(url)).statusCode, url).toBe(404);
  const acts: readonly (readonly [string, object])[] = [
    ['lease', {}],
    ['confirm', { version: 4, checks: {} }],
    ['reject', { version: 4, reason: 'test' }],
    ['merge', { version: 4, into: again.id }],
    ['undo', {}],
    ['answer-evidence', { note: 'there' }],
  ];
  for (const [act, body] of acts) {
    const reply = await second.post(`/api/candidates/${id}/${act}`, body);
    expect([act, reply.statusCode]).toEqual([act, 404]);
    expect(reply.body).not.toContain('confirmed');
  }
});

test('the pictures come all the same, whole, under the name of the repetition alone', async () => {
  for (const still of again.stills) {
    expect(still.masked).toBe(false);
    const reply = await second.get(still.originalUrl);
    expect(reply.statusCode).toBe(200);
    const known = await leader.get(still.originalUrl.replace(again.evidence?.manifestHash ?? '', hash));
    // Told apart although the bytes are the same: else the tag would name the first package.
    expect(reply.headers['etag']).not.toBe(known.headers['etag']);
  }
  const shown = readReply<CandidateDetail>(await second.get(`/api/candidates/${again.id}`));
  expect(shown.review).toBeNull();
});

test('a plate that the second reviewer reads is no other candidate’s because the first has read it', async () => {
  const url = `/api/candidates/${again.id}/plate`;
  expect(readReply(await second.get(url))).toMatchObject({ plate: null, enteredBy: null });
  expect((await second.inject({ method: 'PUT', url, payload: { plate: '浙C12345' } })).statusCode).toBe(204);
  const others = readReply<{ otherCandidates: number }>(await second.get(url)).otherCandidates;
  // Of the tests before, each with one candidate of this plate and its repetition.
  expect(others).toBe(made - 1);
  const revealed = await second.post(`${url}/reveal`, { reason: 'to compare' });
  expect(readReply(revealed)).toMatchObject({ plate: '浙C12345' });
});

test('who decided first and who oversees see the case; the second does once the own decision stands', async () => {
  const look = async (user: typeof first, url: string): Promise<number> => (await user.get(url)).statusCode;
  for (const user of [first, leader]) expect(await look(user, `/api/candidates/${id}`)).toBe(200);
  expect(await look(leader, `/api/cases/${caseNo}`)).toBe(200);
  expect(await look(first, `/api/candidates/${again.id}`)).toBe(404);
  readReply(await confirmAs(second, again.id));
  expect(await look(second, `/api/candidates/${id}`)).toBe(200);
  expect(await look(second, `/api/cases/${caseNo}`)).toBe(200);
});
