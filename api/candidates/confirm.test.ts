import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CandidateFacts } from '../../domain/mod.ts';
import {
  confirmAs,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { makeCandidateEvent, testStartMs } from '../../test/support/sealed-candidate.ts';
import type { CandidateDetail } from './schema.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let first: TestUser;
let second: TestUser;
let demo: TestUser;
let facts: CandidateFacts;
let made = 0;

const checks = { true: true, clear: true, complete: true, accurate: true };
const signed = { checks, driverAbsent: true };

beforeAll(async () => {
  postgres = await startTestPostgres();
  tested = await openTestConsole(await postgres.createDatabase());
  first = await tested.logIn('reviewer-01');
  second = await tested.logIn('reviewer-02');
  demo = await tested.logIn('demo');
  await tested.console.upsertCamera({ id: 'cam-01', name: 'bridge' });
});

beforeEach(async () => {
  facts = await queue();
});

afterAll(async () => {
  await tested?.close();
  await postgres?.stop();
});

async function queue(given: Partial<CandidateFacts> = {}): Promise<CandidateFacts> {
  made += 1;
  return tested.queueCandidate({ zone: `zone-${made}`, fromMs: testStartMs + made, ...given });
}

const at = (path: string, id = facts.id): string => `/api/candidates/${id}${path}`;
const take = async (user: TestUser): Promise<number> =>
  readReply<{ version: number }>(await user.post(at('/lease'))).version;
const read = async (user = first): Promise<CandidateDetail> => readReply(await user.get(at('')));

describe('the stills', () => {
  test('must have been fetched or shown under this very lease', async () => {
    const { stills } = await read();
    const [original, annotated] = [stills[0]?.originalUrl ?? '', stills[1]?.annotatedUrl ?? ''];
    await first.get(original); // before the lease: does not count
    const version = await take(first);
    const unseen = await first.post(at('/confirm'), { version, ...signed });
    expect(readReply(unseen, 422)).toMatchObject({
      error: { code: 'stills_not_shown', details: { missing: ['first', 'middle', 'last'] } },
    });
    await first.get(original);
    await first.get(annotated);
    await second.get(stills[2]?.originalUrl ?? ''); // another's eyes
    await first.get(`${stills[2]?.originalUrl}?width=320`); // too small to see anything
    expect(await read()).toMatchObject({ shownStills: ['first', 'middle'] });
    const last = await first.post(at('/confirm'), { version, ...signed });
    expect(readReply(last, 422)).toMatchObject({ error: { details: { missing: ['last'] } } });
    expect(readReply(await first.post(at('/stills-shown'), { moments: ['last'] }))).toEqual({
      shown: ['first', 'middle', 'last'],
      missing: [],
    });
    await first.post(at('/lease')); // a renewal keeps what was shown
    await first.delete(at('/lease'));
    const again = await take(first);
    const anew = await first.post(at('/confirm'), { version: again, ...signed });
    expect(readReply(anew, 422)).toMatchObject({ error: { code: 'stills_not_shown' } });
    await first.post(at('/stills-shown'), { moments: ['first', 'middle', 'last'] });
    readReply(await first.post(at('/confirm'), { version: again, ...signed }));
  });

  test('are acknowledged by the holder only, and only those that exist', async () => {
    const unheld = await first.post(at('/stills-shown'), { moments: ['first'] });
    expect(readReply(unheld, 409)).toMatchObject({ error: { code: 'lease_lost' } });
    await take(first);
    readReply(await second.post(at('/stills-shown'), { moments: ['first'] }), 409);
    readReply(await first.post(at('/stills-shown'), { moments: ['start'] }), 400);
  });
});

describe('the driver', () => {
  test.each([
    ['unsaid', {}, 'needs it said whether the driver is away'],
    ['there', { driverAbsent: false }, 'needs a reminder first'],
  ])('%s: a parked car is not confirmed', async (_what, said, message) => {
    const reply = await confirmAs(first, facts.id, { driverAbsent: undefined, ...said });
    expect(readReply(reply, 422)).toMatchObject({
      error: { code: 'driver_absent_missing', message: expect.stringContaining(message) },
    });
  });

  test('is no matter for a stall', async () => {
    facts = await queue({ offence: 'street_vending', class: 'vendor_stall' });
    expect(await read()).toMatchObject({ needsDriverAbsent: false });
    readReply(await confirmAs(first, facts.id, { driverAbsent: undefined }));
  });
});

describe('the penalty track', () => {
  const items = ['legal_review', 'technical_review', 'sign', 'publication'];
  const attest = (item: string) =>
    demo.inject({
      method: 'PUT',
      url: `/api/cameras/cam-01/attestations/${item}`,
      payload: { document: '瑞综执〔2026〕1号', heldOn: '2026-01-05' },
    });

  test('is refused while the camera lacks anything, each missing item named; management is not', async () => {
    for (const [index, item] of items.entries()) {
      facts = await queue();
      const refused = await confirmAs(first, facts.id, { track: 'penalty' });
      const missing = items.slice(index);
      expect(readReply(refused, 422)).toMatchObject({
        error: {
          code: 'camera_not_eligible',
          details: { missing },
          message: expect.stringContaining(item),
        },
      });
      expect(await read()).toMatchObject({ penaltyItemsMissing: missing });
      const done = readReply(await attest(item));
      expect(done).toMatchObject({ evidenceEligible: index === 3, missing: items.slice(index + 1) });
    }
    readReply(await demo.delete('/api/cameras/cam-01/attestations/sign'));
    const withdrawn = await confirmAs(first, facts.id, { track: 'penalty' });
    expect(readReply(withdrawn, 422)).toMatchObject({ error: { details: { missing: ['sign'] } } });
    readReply(await attest('sign'));
    const cameras = readReply<{ id: string }[]>(await first.get('/api/cameras'));
    expect(cameras.find(({ id }) => id === 'cam-01')).toMatchObject({ evidenceEligible: true });
  });

  test('needs two people: the case is made by the second, who is not the first', async () => {
    const once = readReply<{ case: null }>(await confirmAs(first, facts.id, { track: 'penalty' }));
    expect(once.case).toBeNull();
    expect(await read()).toMatchObject({
      state: 'pending_review',
      stage: 2,
      penaltyTrack: true,
      caseNo: null,
    });
    expect(readReply(await first.post(at('/lease')), 403)).toMatchObject({
      error: { code: 'same_reviewer' },
    });
    const batch = await first.post('/api/candidates/batch-reject', {
      items: [{ id: facts.id, version: (await read()).version }],
      reason: 'test',
    });
    expect(readReply(batch)).toMatchObject({
      results: [{ status: 'refused', error: { code: 'same_reviewer' } }],
    });
    const version = await take(second);
    const unlooked = await second.post(at('/confirm'), { version, ...signed });
    expect(readReply(unlooked, 422)).toMatchObject({ error: { code: 'stills_not_shown' } });
    const other = await confirmAs(second, facts.id, { track: 'management' });
    expect(readReply(other, 400)).toMatchObject({ error: { details: { field: 'body.track' } } });
    const done = readReply(await confirmAs(second, facts.id));
    expect(done).toMatchObject({ case: { state: 'accepted' }, candidate: { state: 'confirmed', stage: 2 } });
  });

  test('ends where the second person says no', async () => {
    readReply(await confirmAs(first, facts.id, { track: 'penalty' }));
    const version = await take(second);
    readReply(await second.post(at('/reject'), { version, reason: 'plate_misread' }));
    expect(await read()).toMatchObject({ state: 'rejected', caseNo: null });
  });
});

describe('several at once', () => {
  test('are rejected each by itself: one that another holds or that has changed stays', async () => {
    const lot = [await queue(), await queue(), await queue(), await queue()];
    const versions = await Promise.all(
      lot.map(async ({ id }) => readReply<CandidateDetail>(await first.get(at('', id))).version),
    );
    readReply(await second.post(at('/lease', lot[1]?.id))); // held by another
    readReply(await first.post(at('/lease', lot[2]?.id))); // held by me, at a newer version than I say
    const items = [
      ...lot.map(({ id }, index) => ({ id, version: versions[index] })),
      { id: 'none', version: 1 },
    ];
    const { results } = readReply<{ results: object[] }>(
      await first.post('/api/candidates/batch-reject', { items, reason: 'permitted' }),
    );
    expect(results).toMatchObject([
      { id: lot[0]?.id, status: 'rejected', error: null },
      { id: lot[1]?.id, status: 'refused', error: { code: 'lease_lost', details: { by: 'reviewer-02' } } },
      {
        id: lot[2]?.id,
        status: 'refused',
        error: { code: 'conflict', details: { state: 'in_review', version: 3 } },
      },
      { id: lot[3]?.id, status: 'rejected', error: null },
      { id: 'none', status: 'refused', error: { code: 'not_found' } },
    ]);
  });

  test('need a known reason, and are never confirmed', async () => {
    const items = [{ id: facts.id, version: 2 }];
    const body = { items, reason: 'other' };
    readReply(await first.post('/api/candidates/batch-reject', body), 400);
    readReply(
      await first.post('/api/candidates/batch-reject', { items: [...items, ...items], reason: 'test' }),
      400,
    );
    for (const url of ['/api/candidates/batch-confirm', '/api/candidates/confirm'])
      expect((await first.post(url, { items, ...signed })).statusCode, url).toBeOneOf([404, 405]);
  });
});

describe('more evidence', () => {
  const ask = async (wants: string): Promise<void> => {
    const version = await take(first);
    readReply(await first.post(at('/ask-evidence'), { version, wants, note: 'from the other side' }));
    expect(await read()).toMatchObject({ state: 'needs_evidence', evidenceRequest: { wants, answer: null } });
  };

  test('from another camera or a visit brings the candidate back with what was found', async () => {
    const collector = await tested.logIn('collector-01');
    readReply(await collector.post(at('/answer-evidence'), { note: 'x' }), 409);
    await ask('site_visit');
    readReply(await collector.post(at('/answer-evidence'), { note: ' ' }), 400);
    readReply(await collector.post(at('/answer-evidence'), { note: 'cones around it' }));
    expect(await read()).toMatchObject({
      state: 'pending_review',
      evidenceRequest: { answer: { by: 'collector-01', note: 'cones around it' } },
    });
  });

  test('by a longer dwell brings it back when it has stayed as long again, or has left', async () => {
    await ask('longer_dwell');
    const stay = (minutes: number, change: Partial<CandidateFacts> = {}): CandidateFacts => ({
      ...facts,
      lastSeenMs: facts.fromMs + minutes * 60_000,
      dwellMs: minutes * 60_000,
      ...change,
    });
    await tested.console.recordCandidateEvent(makeCandidateEvent('updated', stay(10)));
    expect((await read()).state).toBe('needs_evidence');
    await tested.console.recordCandidateEvent(makeCandidateEvent('updated', stay(11)));
    expect(await read()).toMatchObject({
      state: 'pending_review',
      evidenceRequest: { answer: { by: 'rules', note: 'the stay has lasted 660 s' } },
    });
    await ask('longer_dwell');
    await tested.console.recordCandidateEvent(
      makeCandidateEvent('ended', stay(12, { toMs: facts.fromMs + 12 * 60_000 })),
    );
    expect(await read()).toMatchObject({
      state: 'pending_review',
      evidenceRequest: { answer: { note: 'the stay has ended after 720 s' } },
    });
  });
});

describe('an appeal', () => {
  test('of the shift leader has a rejection reviewed once more', async () => {
    const leader = await tested.logIn('shift-leader-01');
    const version = await take(first);
    const early = await leader.post(at('/appeal'), { version, reason: 'look again' });
    expect(readReply(early, 409)).toMatchObject({ error: { details: { state: 'in_review' } } });
    readReply(await first.post(at('/reject'), { version, reason: 'unclear' }));
    readReply(await leader.post(at('/appeal'), { version: version + 1, reason: 'the plate can be read' }));
    expect(await read()).toMatchObject({ state: 'pending_review' });
    readReply(await confirmAs(second, facts.id));
  });
});
