import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ApplicationKind,
  type CaseAction,
  type CaseState,
  caseActions,
  findTransition,
} from '../../domain/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import {
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
  testPassword,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { type Console, openConsole } from '../mod.ts';

/** From where a step is raced for, and what there must be for its guard to let it through. */
interface Race {
  readonly from: CaseState;
  readonly body?: object;
  readonly photos?: readonly ('photo' | 'beforePhoto')[];
  readonly applied?: readonly [ApplicationKind, 'open' | 'endorsed'];
  readonly columns?: Readonly<Record<string, unknown>>;
}

const reason = { reason: 'x' };
const closed = {
  close_type: 'overdue',
  deadline: new Date('2026-03-02T08:00:00+08:00'),
  ended_at: new Date('2026-03-02T09:00:00+08:00'),
};
const until = '2026-03-20T10:00:00+08:00';
const photo = ['photo'] as const;

/** Every one of the steps: one that is added to the table must be added here. */
const races: Readonly<Record<CaseAction, Race>> = {
  verify_request: { from: 'reported' },
  verify_done: { from: 'verifying', photos: photo, body: { point: { lon: 120.65, lat: 27.78 } } },
  accept: { from: 'reported' },
  refuse: { from: 'reported', body: reason },
  self_dispose: { from: 'reported', photos: ['photo', 'beforePhoto'] },
  approve_self_disposal: { from: 'self_disposed' },
  reject_self_disposal: { from: 'self_disposed', body: reason },
  register: { from: 'accepted' },
  decline: { from: 'accepted', body: reason },
  dispatch: { from: 'registered', body: { unit: 'sanitation' } },
  coordinate: { from: 'dispatched', body: reason },
  consult: { from: 'coordination', body: { units: ['huling-squad'] } },
  give_opinion: {
    from: 'coordination',
    body: reason,
    photos: photo,
    columns: { unit_id: null, consulted_unit_ids: ['huling-squad'] },
  },
  decide: { from: 'coordination', body: { unit: 'sanitation', ...reason } },
  receive: { from: 'dispatched' },
  apply_return: { from: 'dispatched', body: reason },
  return: { from: 'in_disposal', body: reason },
  refuse_return: { from: 'in_disposal', body: reason, applied: ['return', 'open'] },
  reassign: { from: 'in_disposal', body: { unit: 'sanitation', ...reason } },
  apply_extension: { from: 'in_disposal', body: reason },
  apply_suspension: { from: 'in_disposal', body: { until, ...reason } },
  endorse: { from: 'in_disposal', applied: ['extension', 'open'] },
  extend: { from: 'in_disposal', applied: ['extension', 'endorsed'] },
  refuse_extension: { from: 'in_disposal', body: reason, applied: ['extension', 'open'] },
  suspend: { from: 'in_disposal', applied: ['suspension', 'endorsed'] },
  refuse_suspension: { from: 'in_disposal', body: reason, applied: ['suspension', 'endorsed'] },
  resume: {
    from: 'suspended',
    columns: { suspended_at: new Date('2026-03-02T10:00:00+08:00'), suspended_until: new Date(until) },
  },
  dispose: { from: 'in_disposal', photos: photo },
  send_check: { from: 'disposed' },
  check_pass: { from: 'checking', photos: photo },
  check_fail: { from: 'checking', photos: photo, body: reason },
  close: { from: 'pending_close' },
  force_close: { from: 'pending_close', body: reason },
  apply_void: { from: 'registered', body: reason },
  void: { from: 'dispatched', body: reason },
  refuse_void: { from: 'registered', body: reason, applied: ['void', 'open'] },
  merge: { from: 'accepted', body: { master: '' } },
  split: { from: 'merged', body: reason, columns: { merged_from_state: 'accepted' } },
  reopen: { from: 'closed', body: reason, columns: closed },
  urge: { from: 'dispatched' },
  supervise: { from: 'in_disposal', body: reason },
  judge_omission: { from: 'accepted', body: { omitted: true }, columns: { omission: 'possible' } },
  apply_appeal: { from: 'closed', body: reason, columns: closed },
  endorse_appeal: { from: 'closed', applied: ['appeal', 'open'], columns: closed },
  grant_appeal: { from: 'closed', applied: ['appeal', 'endorsed'], columns: closed },
  refuse_appeal: { from: 'closed', body: reason, applied: ['appeal', 'open'], columns: closed },
};

let postgres: TestPostgres;
let tested: TestConsole;
let other: Console;
let sql: Client;
let desk: TestUser;
/** Two consoles on one database, each with a client of its own: addresses and cookies. */
let clients: readonly { readonly url: string; readonly cookie: string }[];

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await postgres.createDatabase();
  tested = await openTestConsole(databaseUrl);
  other = await openConsole({
    databaseUrl,
    blobs: tested.blobs,
    logger: createLogger('error'),
    webDir: null,
    nowMs: () => tested.clock.nowMs,
  });
  sql = new Client(databaseUrl);
  await sql.connect();
  desk = await tested.logIn('demo');
  clients = await Promise.all(
    [tested.console, other].map(async ({ app }) => {
      const url = await app.listen({ host: '127.0.0.1', port: 0 });
      const login = await fetch(`${url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'demo', password: testPassword }),
      });
      return { url, cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
    }),
  );
});

afterAll(async () => {
  await sql?.end();
  await other?.close();
  await tested?.close();
  await postgres?.stop();
});

async function report(): Promise<string> {
  const body = { source: 'public', offence: 'sidewalk_parking', point: { lon: 120.65, lat: 27.78 } };
  return readReply<{ caseNo: string }>(await desk.post('/api/reports', body), 201).caseNo;
}

/** A case at the start of the race; its version. */
async function setUp(caseNo: string, { from, applied, columns = {} }: Race, master: string): Promise<number> {
  const deadline = new Date(tested.clock.nowMs + 3_600_000);
  const values: Record<string, unknown> = {
    state: from,
    unit_id: 'huling-squad',
    standard_id: 'sidewalk_parking-normal',
    limit_value: 3,
    limit_unit: 'urgent_hour',
    clock_from: new Date(tested.clock.nowMs - 3_600_000),
    deadline,
    ...(from === 'merged' && { merged_into: master }),
    ...columns,
  };
  const names = Object.keys(values);
  const { rows } = await sql.query<{ version: number }>(
    `update case_file set ${names.map((name, index) => `${name} = $${index + 2}`).join(', ')} where case_no = $1 returning version`,
    [caseNo, ...Object.values(values)],
  );
  if (applied !== undefined)
    await sql.query(
      `insert into case_application (case_no, round, kind, state, unit_id, applicant, applied_at, reason, until, endorsed_by)
       values ($1, 1, $2, $3, 'huling-squad', 'squad-01', $4, 'x', $5, $6)`,
      [
        caseNo,
        applied[0],
        applied[1],
        new Date(tested.clock.nowMs),
        until,
        applied[1] === 'endorsed' ? 'squad-02' : null,
      ],
    );
  return rows[0]?.version ?? 0;
}

async function count(table: 'flow_record' | 'photo', caseNo: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `select count(*)::int as n from ${table} where case_no = $1`,
    [caseNo],
  );
  return rows[0]?.n ?? 0;
}

/** Audit lines of steps that were taken; what was refused has a line, too, that says so. */
async function countTaken(caseNo: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `select count(*)::int as n from audit_log where object_id = $1 and action like 'case.%' and result = 'done'`,
    [caseNo],
  );
  return rows[0]?.n ?? 0;
}

test.each(caseActions)('%s: of two clients at two consoles one wins, the other hears 409', async (action) => {
  const race = races[action];
  expect(findTransition(race.from, action)).toBeDefined();
  const [caseNo, master] = [await report(), await report()];
  const version = await setUp(caseNo, race, master);
  const [flowBefore, auditBefore] = [await count('flow_record', caseNo), await countTaken(caseNo)];
  const bodies = await Promise.all(
    clients.map(async () => {
      const photos = await Promise.all(
        (race.photos ?? []).map(async (field) => [field, await desk.uploadPhoto()]),
      );
      const named = action === 'merge' ? { master } : race.body;
      return { version, ...named, ...Object.fromEntries(photos) };
    }),
  );
  const replies = await Promise.all(
    clients.map(async ({ url, cookie }, index) => {
      const reply = await fetch(`${url}/api/cases/${caseNo}/actions/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie },
        body: JSON.stringify(bodies[index]),
      });
      return {
        status: reply.status,
        body: (await reply.json()) as { version?: number; error?: { code: string } },
      };
    }),
  );
  const told = replies.map(({ status, body }) => `${status} ${body.error?.code ?? ''}`).toSorted();
  expect(told[0]).toBe('200 ');
  expect(told[1]).toMatch(/^409 (conflict|transition_not_allowed)$/);
  expect(replies.find(({ status }) => status === 200)?.body.version).toBe(version + 1);
  expect(await count('flow_record', caseNo)).toBe(flowBefore + 1);
  expect(await countTaken(caseNo)).toBe(auditBefore + 1);
  // Whoever lost has used up nothing: the photos are free for another try.
  expect(await count('photo', caseNo)).toBe(race.photos?.length ?? 0);
  const detail = readReply<{ brokenFlow: number | null }>(await desk.get(`/api/cases/${caseNo}`));
  expect(detail.brokenFlow).toBeNull();
});
