import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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
import type { CandidateDetail } from '../candidates/schema.ts';
import { openHttpReminderGateway } from './http-reminder-gateway.ts';

interface Received {
  readonly key: string | undefined;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

let postgres: TestPostgres;
let tested: TestConsole;
let reviewer: TestUser;
let gateway: Server;
let received: Received[] = [];
let answers: number[] = [];
let facts: CandidateFacts;
let made = 0;

const minuteMs = 60_000;
const undoWindowMs = 8_000;
const graceMs = 10 * minuteMs;

beforeAll(async () => {
  postgres = await startTestPostgres();
  gateway = createServer((request, response) => {
    void (async () => {
      const body = await readBody(request);
      const { 'idempotency-key': key, authorization } = request.headers;
      received.push({ key: String(key), authorization, body });
      const status = answers.shift() ?? 202;
      response.writeHead(status).end(JSON.stringify({ receipt: `sms-${received.length}` }));
    })();
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  const { port } = gateway.address() as AddressInfo;
  tested = await openTestConsole(await postgres.createDatabase(), {
    review: { undoWindowMs },
    reminders: openHttpReminderGateway({ url: `http://127.0.0.1:${port}/remind`, token: 'gateway-token' }),
  });
  reviewer = await tested.logIn('reviewer-01');
});

beforeEach(async () => {
  received = [];
  answers = [];
  made += 1;
  facts = await tested.queueCandidate({
    zone: `zone-${made}`,
    fromMs: tested.clock.nowMs - 6 * minuteMs + made,
  });
});

afterAll(async () => {
  await tested?.close();
  await postgres?.stop();
  gateway?.closeAllConnections();
  gateway?.close();
});

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
}

const read = async (): Promise<CandidateDetail> =>
  readReply<CandidateDetail>(await reviewer.get(`/api/candidates/${facts.id}`));

/** Reminds and lets the undo window pass: it is sent, unless the gateway refuses. */
async function remind(): Promise<void> {
  const lease = await reviewer.post(`/api/candidates/${facts.id}/lease`);
  const { version } = readReply<{ version: number }>(lease);
  readReply(await reviewer.post(`/api/candidates/${facts.id}/remind`, { version, channel: 'sms', graceMs }));
  await tested.console.runReviewJobs();
  expect(received).toEqual([]); // still to be taken back
  await pass(undoWindowMs);
}

async function pass(ms: number): Promise<void> {
  tested.clock.nowMs += ms;
  await tested.console.runReviewJobs();
}

/** The rules tell of the stay: last seen at this time, and whether it has ended then. */
async function tell(lastSeenMs: number, hasEnded: boolean): Promise<void> {
  facts = {
    ...facts,
    lastSeenMs,
    dwellMs: lastSeenMs - facts.fromMs,
    toMs: hasEnded ? lastSeenMs : null,
  };
  await tested.console.recordCandidateEvent(makeCandidateEvent(hasEnded ? 'ended' : 'updated', facts));
}

describe('a reminder', () => {
  test('goes out once after the undo window; gone within the grace, the candidate is cleared', async () => {
    await remind();
    expect(received).toMatchObject([
      {
        authorization: 'Bearer gateway-token',
        body: {
          candidateId: facts.id,
          channel: 'sms',
          zone: facts.zone,
          graceMs,
          offence: 'sidewalk_parking',
        },
      },
    ]);
    expect(received[0]?.key).toBe(received[0]?.body['id']);
    expect((await read()).state).toBe('reminded');
    await tell(tested.clock.nowMs + 4 * minuteMs, true);
    await pass(graceMs - 1);
    expect((await read()).state).toBe('reminded');
    await pass(1);
    expect(await read()).toMatchObject({
      state: 'cleared',
      caseNo: null,
      secondLook: { look: 'left', dwellMs: facts.dwellMs },
    });
    await pass(graceMs);
    expect(received).toHaveLength(1);
  });

  test('still there after the grace, it comes back, and a driver who did not leave is no obstacle', async () => {
    await remind();
    const graceUntilMs = tested.clock.nowMs + graceMs;
    await tell(graceUntilMs - 1, false);
    await pass(graceMs);
    expect((await read()).state).toBe('reminded'); // seen just before: not known yet
    await tell(graceUntilMs + 20_000, false);
    await pass(20_000);
    expect(await read()).toMatchObject({
      state: 'pending_review',
      secondLook: { look: 'still_there', explanation: expect.stringContaining('still there') },
    });
    readReply(await confirmAs(reviewer, facts.id, { driverAbsent: false }));
  });

  test('left only after the grace, it was still there', async () => {
    await remind();
    await tell(tested.clock.nowMs + graceMs + 1, true);
    await pass(graceMs + 2);
    expect(await read()).toMatchObject({ state: 'pending_review', secondLook: { look: 'still_there' } });
  });

  test('not heard of again, it comes back as not known instead of being cleared', async () => {
    await remind();
    await pass(graceMs);
    expect((await read()).state).toBe('reminded');
    await pass(2 * minuteMs);
    expect(await read()).toMatchObject({ state: 'pending_review', secondLook: { look: 'not_seen' } });
  });

  test('that the gateway refuses is tried again under the same id, and the grace runs from when it went', async () => {
    answers = [503, 500];
    await remind();
    expect(received).toHaveLength(1);
    await pass(2_000);
    expect(received).toHaveLength(2);
    await pass(3_999);
    expect(received).toHaveLength(2);
    await pass(1);
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ key }) => key)).size).toBe(1);
    await pass(graceMs - 1);
    expect((await read()).state).toBe('reminded');
  });

  test('that never goes out brings the candidate back, and says so', async () => {
    answers = Array.from({ length: 6 }, () => 500);
    await remind();
    for (let attempt = 2; attempt <= 6; attempt++) await pass(5 * minuteMs);
    expect(received).toHaveLength(6);
    expect(await read()).toMatchObject({
      state: 'pending_review',
      secondLook: {
        look: 'not_sent',
        graceUntil: null,
        explanation: expect.stringContaining('the reminder gateway answered 500'),
      },
    });
  });

  test('taken back within the window never goes out', async () => {
    const { version } = readReply<{ version: number }>(
      await reviewer.post(`/api/candidates/${facts.id}/lease`),
    );
    readReply(await reviewer.post(`/api/candidates/${facts.id}/remind`, { version, channel: 'voice' }));
    readReply(await reviewer.post(`/api/candidates/${facts.id}/undo`));
    await pass(minuteMs);
    expect(received).toEqual([]);
  });
});

test('without a gateway nobody is reminded, and nothing is decided', async () => {
  const mute = await openTestConsole(await postgres.createDatabase());
  try {
    const user = await mute.logIn('reviewer-01');
    const { id } = await mute.queueCandidate({ fromMs: testStartMs });
    const { version } = readReply<{ version: number }>(await user.post(`/api/candidates/${id}/lease`));
    const reply = await user.post(`/api/candidates/${id}/remind`, { version, channel: 'sms' });
    expect(readReply(reply, 409)).toMatchObject({ error: { code: 'reminders_off' } });
    expect(readReply(await user.get(`/api/candidates/${id}`))).toMatchObject({ state: 'in_review' });
  } finally {
    await mute.close();
  }
});

test.each(['ftp://127.0.0.1/x', 'nowhere', 'http://user:secret@127.0.0.1/'])(
  'the gateway at %s is refused without being repeated',
  (url) => {
    expect(() => openHttpReminderGateway({ url, token: null })).toThrow(
      expect.objectContaining({ code: 'bad_config', message: expect.not.stringContaining('secret') }),
    );
  },
);
