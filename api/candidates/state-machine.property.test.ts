import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CandidateState, candidateTransitions } from '../../domain/mod.ts';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { makeCandidateEvent, testStartMs } from '../../test/support/sealed-candidate.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let people: readonly TestUser[];
let leader: TestUser;
let made = 0;

const minuteMs = 60_000;
const undoWindowMs = 8_000;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url, {
    review: { undoWindowMs },
    reminders: { send: async () => ({ receipt: null }) },
  });
  sql = new Client(url);
  await sql.connect();
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

const acts = [
  'lease',
  'release',
  'confirm',
  'confirm_penalty',
  'reject',
  'ask',
  'answer',
  'remind',
  'undo',
  'appeal',
  'stale',
  'seen',
  'ended',
  'tick',
  'window',
  'grace',
] as const;
type Act = (typeof acts)[number];

interface Row {
  readonly state: CandidateState;
  readonly version: number;
}

const checks = { true: true, clear: true, complete: true, accurate: true };

/** Every pair of states that the table allows. */
const allowed = new Set(
  candidateTransitions.flatMap(({ from, to }) => from.map((state) => `${state} ${to}`)),
);
/** The jobs may take two steps between two looks of the test: a lease lapses and the limit has run out. */
const twoSteps = new Set(
  candidateTransitions.flatMap((first) =>
    candidateTransitions
      .filter((second) => second.from.includes(first.to))
      .flatMap((second) => first.from.map((state) => `${state} ${second.to}`)),
  ),
);

async function read(id: string): Promise<Row> {
  const { rows } = await sql.query<Row>('select state, version from candidate where id = $1', [id]);
  if (rows[0] === undefined) throw new Error(`there is no candidate ${id}`);
  return rows[0];
}

/** Whatever people do in whatever order, states change only as the table says, and a case comes of a confirmation alone. */
test('no sequence of acts leads around the table', async () => {
  people = [await tested.logIn('reviewer-01'), await tested.logIn('reviewer-02')];
  leader = await tested.logIn('shift-leader-01');
  const demo = await tested.logIn('demo');
  await tested.console.upsertCamera({ id: 'cam-01', name: 'bridge' });
  for (const item of ['legal_review', 'technical_review', 'sign', 'publication'])
    readReply(
      await demo.inject({
        method: 'PUT',
        url: `/api/cameras/cam-01/attestations/${item}`,
        payload: { document: 'file 1', heldOn: '2026-01-05' },
      }),
    );
  const reached = new Set<string>();
  const step = fc.tuple(
    fc.oneof(
      { arbitrary: fc.constantFrom(...acts), weight: 3 },
      {
        arbitrary: fc.constantFrom<Act>('lease', 'confirm', 'confirm_penalty', 'reject', 'undo', 'window'),
        weight: 2,
      },
    ),
    // The first of the two acts more often, so that the one who holds it gets to decide.
    fc.constantFrom(0, 0, 0, 1),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      made += 1;
      const facts = await tested.queueCandidate({ fromMs: testStartMs + made, zone: `zone-${made}` });
      // Most ways begin with a lease; whoever acts without one is refused, which random acts try often enough.
      for (const [act, who] of [['lease', 0] as const, ...steps]) {
        const before = await read(facts.id);
        const status = await perform(act, facts, people[who] as TestUser, before);
        const after = await read(facts.id);
        if (after.state !== before.state) {
          const pair = `${before.state} ${after.state}`;
          reached.add(pair);
          const isJob = ['tick', 'window', 'grace'].includes(act);
          expect({ act, pair, isAllowed: allowed.has(pair) || (isJob && twoSteps.has(pair)) }).toEqual({
            act,
            pair,
            isAllowed: true,
          });
          expect(after.version).toBeGreaterThan(before.version);
        }
        // What is refused has changed nothing.
        if (status !== null && status >= 400) expect(after).toEqual(before);
        if (act === 'stale') expect(status).toBeGreaterThanOrEqual(400);
        await expectWholeness(facts.id, after);
      }
    }),
    { numRuns: 30, seed: 20260302, endOnFailure: true },
  );
  // The property means something only if the ways were gone.
  for (const pair of [
    'pending_review in_review',
    'in_review pending_review',
    'in_review rejected',
    'in_review confirmed',
    'in_review needs_evidence',
    'in_review reminded',
  ])
    expect(reached).toContain(pair);
  expect(
    [...reached].some((pair) => /^(confirmed|rejected|needs_evidence|reminded) in_review$/.test(pair)),
  ).toBe(true);
}, 300_000);

async function perform(
  act: Act,
  facts: Awaited<ReturnType<TestConsole['queueCandidate']>>,
  user: TestUser,
  { version }: Row,
): Promise<number | null> {
  const post = async (path: string, body: object = {}, by = user): Promise<number> =>
    (await by.post(`/api/candidates/${facts.id}/${path}`, body)).statusCode;
  const look = () => post('stills-shown', { moments: ['first', 'middle', 'last'] });
  const lastSeenMs = tested.clock.nowMs;
  const seen = { ...facts, lastSeenMs, dwellMs: Math.max(facts.dwellMs, lastSeenMs - facts.fromMs) };
  switch (act) {
    case 'lease':
      return post('lease');
    case 'release':
      await user.delete(`/api/candidates/${facts.id}/lease`);
      return null;
    case 'confirm':
      await look();
      return post('confirm', { version, checks, driverAbsent: true });
    case 'confirm_penalty':
      await look();
      return post('confirm', { version, checks, driverAbsent: true, track: 'penalty' });
    case 'reject':
      return post('reject', { version, reason: 'permitted' });
    case 'ask':
      return post('ask-evidence', { version, wants: 'longer_dwell' });
    case 'answer':
      return post('answer-evidence', { note: 'seen from the other side' });
    case 'remind':
      return post('remind', { version, channel: 'sms', graceMs: minuteMs });
    case 'undo':
      return post('undo');
    case 'appeal':
      return post('appeal', { version, reason: 'look again' }, leader);
    case 'stale':
      return post('reject', { version: version - 1, reason: 'permitted' });
    case 'seen':
      await tested.console.recordCandidateEvent(makeCandidateEvent('updated', seen));
      return null;
    case 'ended':
      await tested.console.recordCandidateEvent(makeCandidateEvent('ended', { ...seen, toMs: lastSeenMs }));
      return null;
    case 'tick':
      return pass(1000);
    case 'window':
      return pass(undoWindowMs);
    case 'grace':
    default:
      return pass(3 * minuteMs);
  }
}

async function pass(ms: number): Promise<null> {
  tested.clock.nowMs += ms;
  await tested.console.runReviewJobs();
  return null;
}

/** What must hold at every moment, whatever has happened. */
async function expectWholeness(id: string, { state }: Row): Promise<void> {
  const { rows: reviews } = await sql.query<{
    result: string;
    open: boolean;
    settled: boolean;
    stage: number;
    track: string;
    reviewer: string;
  }>(
    `select result, settled_at is null and undone_at is null as open, settled_at is not null as settled, stage, track, reviewer
     from review where candidate_id = $1`,
    [id],
  );
  const { rows: cases } = await sql.query('select 1 from case_file where candidate_id = $1', [id]);
  expect(reviews.filter(({ open }) => open).length).toBeLessThanOrEqual(1);
  const final = reviews.filter(
    ({ result, settled, stage, track }) =>
      result === 'confirmed' && settled && (track === 'management' || stage === 2),
  );
  expect(cases.length).toBe(final.length);
  expect(cases.length).toBeLessThanOrEqual(1);
  if (cases.length === 1) expect(state).toBe('confirmed');
  const penalty = reviews.filter(({ track, settled }) => track === 'penalty' && settled);
  const [first, second] = [1, 2].map((stage) => penalty.find((review) => review.stage === stage));
  if (first !== undefined && second !== undefined) expect(second.reviewer).not.toBe(first.reviewer);
}
