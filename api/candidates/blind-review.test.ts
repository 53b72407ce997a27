import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CandidateFacts, ReviewResult } from '../../domain/mod.ts';
import {
  confirmAs,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';
import { isBlindSample } from './blind-review.ts';
import { toAgreement } from './review-agreement.ts';

describe('the sample', () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `candidate-${index}`);

  test.each([0, 0.05, 0.5, 1])('of %d is of that size, and the same each time', (share) => {
    const sampled = ids.filter((id) => isBlindSample(id, share));
    expect(sampled.length / ids.length).toBeCloseTo(share, 1.7);
    expect(ids.filter((id) => isBlindSample(id, share))).toEqual(sampled);
  });
});

describe('agreement', () => {
  const pairs = (counts: Partial<Record<`${ReviewResult} ${ReviewResult}`, number>>) =>
    Object.entries(counts).flatMap(([key, count]) => {
      const [first, second] = key.split(' ') as [ReviewResult, ReviewResult];
      return Array.from({ length: count }, () => ({ first, second }));
    });

  test('is nothing without pairs', () => {
    expect(toAgreement([])).toEqual({ pairs: 0, agreed: 0, agreement: null, kappa: null });
  });

  // The textbook's table of fifty proposals, 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: kappa 0.4.
  test.each([
    [
      {
        'confirmed confirmed': 20,
        'confirmed rejected': 5,
        'rejected confirmed': 10,
        'rejected rejected': 15,
      },
      0.7,
      0.4,
    ],
    [{ 'confirmed confirmed': 5, 'rejected rejected': 5 }, 1, 1],
    [{ 'confirmed rejected': 5, 'rejected confirmed': 5 }, 0, -1],
    [{ 'confirmed confirmed': 9, 'confirmed reminded': 1 }, 0.9, 0],
  ] as const)('of %j is %d, kappa %d', (counts, agreement, kappa) => {
    const found = toAgreement(pairs(counts));
    expect(found.agreement).toBeCloseTo(agreement, 10);
    expect(found.kappa).toBeCloseTo(kappa, 10);
  });

  test('where both always say the same one thing, chance explains it all', () => {
    expect(toAgreement(pairs({ 'confirmed confirmed': 7 }))).toMatchObject({ agreement: 1, kappa: null });
  });
});

describe('a blind repetition', () => {
  let postgres: TestPostgres;
  let tested: TestConsole;
  let first: TestUser;
  let second: TestUser;
  let leader: TestUser;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    tested = await openTestConsole(await postgres.createDatabase(), { review: { blindShare: 1 } });
    first = await tested.logIn('reviewer-01');
    second = await tested.logIn('reviewer-02');
    leader = await tested.logIn('shift-leader-01');
  });

  afterAll(async () => {
    await tested?.close();
    await postgres?.stop();
  });

  const list = async (user: TestUser, query = '') =>
    readReply<{ items: { id: string; state: string }[]; total: number }>(
      await user.get(`/api/candidates${query}`),
    );

  test('looks like any other candidate to the second person, does not exist for the first, and makes no case', async () => {
    const facts: CandidateFacts = await tested.queueCandidate({ fromMs: testStartMs });
    const { case: made } = readReply<{ case: { caseNo: string } }>(await confirmAs(first, facts.id));
    expect(await list(first)).toMatchObject({ items: [], total: 0 });
    const { items, total } = await list(second);
    expect({ items, total }).toMatchObject({ items: [{ state: 'pending_review' }], total: 1 });
    const id = items[0]?.id ?? '';
    expect(id).not.toBe(facts.id);
    expect(id).toMatch(/^[0-9a-v]{26}$/);
    const seen = readReply<object>(await second.get(`/api/candidates/${id}`));
    const shown = JSON.stringify(seen);
    for (const trace of ['reviewer-01', made.caseNo, 'confirmed', 'blind', facts.id])
      expect(shown).not.toContain(trace);
    expect(seen).toMatchObject({ review: null, caseNo: null, stage: 1, stills: [{}, {}, {}] });
    readReply(await first.get(`/api/candidates/${id}`), 404);
    readReply(await first.post(`/api/candidates/${id}/lease`), 404);
    readReply(await confirmAs(second, id));
    expect(await list(second, '?state=confirmed')).toMatchObject({ items: [{ id: facts.id }], total: 1 });
    expect(readReply(await leader.get('/api/cases'))).toMatchObject({ total: 1 });
    expect(readReply(await leader.get('/api/summary'))).toMatchObject({
      candidates: { confirmed: 1, pending_review: 0 },
    });
    expect(await tested.console.listForReport()).toHaveLength(1);
  });

  test('is compared by offence, and every disagreement is named', async () => {
    const vending = await tested.queueCandidate({
      offence: 'street_vending',
      class: 'vendor_stall',
      fromMs: testStartMs + 1,
    });
    const { version } = readReply<{ version: number }>(
      await first.post(`/api/candidates/${vending.id}/lease`),
    );
    readReply(await first.post(`/api/candidates/${vending.id}/reject`, { version, reason: 'permitted' }));
    const before = readReply(await leader.get('/api/review-agreement'));
    expect(before).toMatchObject({ share: 1, waiting: 1, overall: { pairs: 1, agreed: 1 } });
    const [waiting] = (await list(second)).items;
    readReply(await confirmAs(second, waiting?.id ?? '', { driverAbsent: undefined }));
    expect(readReply(await leader.get('/api/review-agreement'))).toMatchObject({
      waiting: 0,
      overall: { pairs: 2, agreed: 1, agreement: 0.5, kappa: 0 },
      byOffence: [
        { offence: 'sidewalk_parking', pairs: 1, agreed: 1, kappa: null },
        { offence: 'street_vending', pairs: 1, agreed: 0, kappa: 0 },
      ],
      disagreements: [
        { candidateId: vending.id, offence: 'street_vending', first: 'rejected', second: 'confirmed' },
      ],
    });
    const later = encodeURIComponent('2026-03-03T00:00:00+08:00');
    expect(readReply(await leader.get(`/api/review-agreement?from=${later}`))).toMatchObject({
      overall: { pairs: 0 },
    });
    readReply(await leader.get('/api/review-agreement?from=yesterday'), 400);
  });
});
