import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CandidateEvent, CandidateFacts, EvidenceEvent } from '../../domain/mod.ts';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import {
  makeCandidateEvent,
  makeFacts,
  storePackage,
  testStartMs,
} from '../../test/support/sealed-candidate.ts';
import type { CandidateDetail } from './schema.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let reviewer: TestUser;
let sql: Client;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  reviewer = await tested.logIn('reviewer-01');
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

const minuteMs = 60_000;
let made = 0;

/** The life of one stay, each time another: raised, still there, gone. */
function makeLife(): { facts: CandidateFacts; events: CandidateEvent[] } {
  made += 1;
  const raised = makeFacts({ fromMs: testStartMs + made * 1000, zone: `zone-${made}` });
  const at = (minutes: number, change: Partial<CandidateFacts> = {}): CandidateFacts => ({
    ...raised,
    lastSeenMs: raised.fromMs + minutes * minuteMs,
    dwellMs: minutes * minuteMs,
    ...change,
  });
  const ended = at(9, { toMs: raised.fromMs + 9 * minuteMs });
  return {
    facts: raised,
    events: [
      makeCandidateEvent('opened', at(1, { raisedAtMs: null })),
      makeCandidateEvent('raised', at(5)),
      makeCandidateEvent('updated', at(7)),
      makeCandidateEvent('ended', ended),
    ],
  };
}

async function read(id: string): Promise<CandidateDetail> {
  return readReply<CandidateDetail>(await reviewer.get(`/api/candidates/${id}`));
}

async function record(event: CandidateEvent | EvidenceEvent): Promise<void> {
  if ('candidate' in event) await tested.console.recordCandidateEvent(event);
  else await tested.console.recordEvidenceEvent(event);
}

/** Transactions that wait for a candidate. */
async function countWaiting(): Promise<number> {
  const { rows } = await sql.query("select 1 from pg_locks where locktype = 'advisory' and not granted");
  return rows.length;
}

describe('events of the rules and of evidence', () => {
  test('whatever their order and repetition, the candidate ends the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 5 }), { maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        fc.boolean(),
        async (repeats, order, hasEnded) => {
          const { facts, events } = makeLife();
          const seal = await storePackage(tested.blobs, facts);
          const failure: EvidenceEvent = {
            v: 1,
            type: 'failed',
            candidateId: facts.id,
            camera: facts.camera,
            reason: 'late',
          };
          const once = [...(hasEnded ? events : events.slice(0, 3)), seal, failure];
          const all = [...once, ...repeats.flatMap((index) => once[index] ?? [])];
          const shuffled = all
            .map((event) => ({ event, key: order.next().value ?? 0 }))
            .toSorted((a, b) => a.key - b.key);
          for (const { event } of shuffled) await record(event);
          expect(await read(facts.id)).toMatchObject({
            state: 'pending_review',
            version: 2,
            dwellMs: (hasEnded ? 9 : 7) * minuteMs,
            to: hasEnded ? expect.stringMatching(/\+08:00$/) : null,
            evidence: { manifestHash: seal.manifestHash, keyId: '0123456789abcdef' },
            evidenceFailure: null,
          });
        },
      ),
      { numRuns: 20 },
    );
  });

  test('a candidate and its evidence take turns, or each could miss the other', async () => {
    const { facts } = makeLife();
    const seal = await storePackage(tested.blobs, facts);
    await sql.query('begin');
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [facts.id]);
    const both = [record(makeCandidateEvent('raised', facts)), record(seal)];
    await expect.poll(countWaiting, { timeout: 10_000 }).toBe(2);
    await sql.query('commit');
    await Promise.all(both);
    expect(await read(facts.id)).toMatchObject({ state: 'pending_review', version: 2 });
  });

  test('a stay that never reached the legal threshold is no candidate', async () => {
    const { facts, events } = makeLife();
    const [opened] = events;
    if (opened === undefined) throw new Error('no event');
    await record(opened);
    await record(makeCandidateEvent('ended', { ...facts, raisedAtMs: null, toMs: facts.lastSeenMs }));
    expect((await reviewer.get(`/api/candidates/${facts.id}`)).statusCode).toBe(404);
  });

  test('without sealed evidence it stays out of the queue, and says why', async () => {
    const { facts, events } = makeLife();
    for (const event of events) await record(event);
    await record({
      v: 1,
      type: 'failed',
      candidateId: facts.id,
      camera: facts.camera,
      reason: 'the ring has no frame at 300000 ms',
    });
    expect(await read(facts.id)).toMatchObject({
      state: 'raised',
      evidence: null,
      stills: [],
      evidenceFailure: 'the ring has no frame at 300000 ms',
    });
    const queue = readReply<{ items: { id: string }[] }>(await reviewer.get('/api/candidates'));
    expect(queue.items.map((item) => item.id)).not.toContain(facts.id);
    expect((await reviewer.post(`/api/candidates/${facts.id}/lease`)).json()).toMatchObject({
      error: { code: 'conflict' },
    });
  });

  test('a package that the store does not have counts as failed until it has', async () => {
    const { facts, events } = makeLife();
    const seal = await storePackage(tested.blobs, facts);
    for (const event of events) await record(event);
    await record({ ...seal, manifestHash: 'f'.repeat(64) });
    expect(await read(facts.id)).toMatchObject({
      state: 'raised',
      evidenceFailure: expect.stringContaining('not in the blob store'),
    });
    await record(seal);
    expect(await read(facts.id)).toMatchObject({ state: 'pending_review', evidenceFailure: null });
  });

  test('late events update what was decided on, never the decision nor what the stills show', async () => {
    const { facts, events } = makeLife();
    const [, raised, , ended] = events;
    if (raised === undefined || ended === undefined) throw new Error('no events');
    await record(await storePackage(tested.blobs, facts));
    await record(raised);
    const { version } = readReply<{ version: number }>(
      await reviewer.post(`/api/candidates/${facts.id}/lease`),
    );
    const rejected = await reviewer.post(`/api/candidates/${facts.id}/reject`, {
      version,
      reason: 'permitted',
    });
    expect(rejected.statusCode).toBe(200);
    const moved = {
      ...ended.candidate,
      last: { ...facts.last, ptsMs: 540_000, box: [0, 0, 0.1, 0.1] as const },
    };
    await record({ ...ended, candidate: moved });
    await record(raised);
    await record(makeCandidateEvent('updated', { ...moved, toMs: null }, ended.atMs + minuteMs));
    const detail = await read(facts.id);
    expect(detail).toMatchObject({
      state: 'rejected',
      dwellMs: 9 * minuteMs,
      review: { result: 'rejected', reason: 'permitted' },
    });
    expect(detail.to).not.toBeNull();
    expect(detail.stills.at(-1)).toMatchObject({ moment: 'last', ptsMs: 360_000, box: [0.4, 0.5, 0.6, 0.8] });
  });
});

describe('a candidate that the rules hold', () => {
  const hold = (facts: CandidateFacts, reason: 'cap' | 'permitted'): CandidateFacts => ({
    ...facts,
    raisedAtMs: null,
    suppressed: {
      reason,
      sinceMs: facts.fromMs + 5 * minuteMs,
      duplicateOf: null,
      explanation: 'held for a test',
    },
  });

  test('is kept, counted by reason and found by it, and is not in the queue', async () => {
    const { facts } = makeLife();
    const before = await countHeld();
    await record(makeCandidateEvent('suppressed', hold(facts, 'cap')));
    expect(await read(facts.id)).toMatchObject({
      state: 'suppressed',
      suppressed: { reason: 'cap', explanation: 'held for a test' },
    });
    const after = await countHeld();
    expect([after.candidates.suppressed, after.suppressed.cap]).toEqual([
      before.candidates.suppressed + 1,
      before.suppressed.cap + 1,
    ]);
    const listIds = async (query: string) =>
      readReply<{ items: { id: string }[] }>(
        await reviewer.get(`/api/candidates?limit=100${query}`),
      ).items.map(({ id }) => id);
    expect(await listIds('&reason=cap')).toContain(facts.id);
    expect(await listIds('&reason=permitted,view')).not.toContain(facts.id);
    expect(await listIds('')).not.toContain(facts.id);
  });

  test('comes up for review when it is raised, with evidence that came before or after', async () => {
    const { facts, events } = makeLife();
    const later = {
      ...facts,
      raisedAtMs: facts.fromMs + 20 * minuteMs,
      lastSeenMs: facts.fromMs + 20 * minuteMs,
    };
    await record(makeCandidateEvent('suppressed', hold(facts, 'cap')));
    await record(makeCandidateEvent('raised', later));
    expect(await read(facts.id)).toMatchObject({ state: 'raised', suppressed: null });
    // what comes again changes nothing
    await record(makeCandidateEvent('suppressed', hold(facts, 'cap')));
    await record(makeCandidateEvent('raised', later));
    expect(await read(facts.id)).toMatchObject({ state: 'raised', suppressed: null, version: 2 });
    expect(events).toHaveLength(4);
  });

  test('that ends without having been raised stays what it was', async () => {
    const { facts } = makeLife();
    const held = hold(facts, 'permitted');
    await record(makeCandidateEvent('suppressed', held));
    await record(
      makeCandidateEvent('ended', {
        ...held,
        toMs: facts.lastSeenMs + minuteMs,
        lastSeenMs: facts.lastSeenMs + minuteMs,
      }),
    );
    const detail = await read(facts.id);
    expect(detail).toMatchObject({ state: 'suppressed', suppressed: { reason: 'permitted' } });
    expect(detail.to).not.toBeNull();
    const reply = await reviewer.post(`/api/candidates/${facts.id}/lease`, {});
    expect(reply.statusCode).toBe(409);
    expect(reply.body).toContain('the rules hold it (permitted)');
  });
});

async function countHeld(): Promise<{
  candidates: { suppressed: number };
  suppressed: { cap: number };
}> {
  return readReply(await reviewer.get('/api/summary'));
}
