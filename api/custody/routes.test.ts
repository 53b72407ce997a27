import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyLog } from '../../evidence/mod.ts';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';
import type { CandidateDetail } from '../candidates/schema.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
const users: Record<string, TestUser> = {};

const posts = ['reviewer', 'dispatcher', 'clerk', 'legal_reviewer', 'commander', 'auditor'] as const;
const as = (post: (typeof posts)[number]): TestUser => users[post] as TestUser;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  for (const post of posts) {
    await sql.query(
      `insert into account (username, display_name, password_hash, roles, unit_id)
       select $1, $1, password_hash, array[$1], null from account where username = 'reviewer-01'`,
      [post],
    );
    users[post] = await tested.logIn(post);
  }
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

let cameras = 0;

/** A package in the queue, with the address of its first original. */
async function queuePackage() {
  const { id } = await tested.queueCandidate({ camera: `cam-${++cameras}` });
  const detail: CandidateDetail = readReply(await as('reviewer').get(`/api/candidates/${id}`));
  const still = detail.stills[0]?.originalUrl ?? '';
  return { id, hash: detail.evidence?.manifestHash ?? '', still };
}

interface Entry {
  readonly seq: number;
  readonly action: string;
  readonly actor: string;
  readonly content: string | null;
  readonly reason: string;
  readonly from: string;
}

async function listEntries(query: string): Promise<Entry[]> {
  const page: { items: Entry[] } = readReply(await as('auditor').get(`/api/custody?${query}`));
  return page.items.toReversed();
}

const toMasked = (url: string): string => url.replace('/original/', '/masked/');

const post = (user: TestUser, hash: string, act: string, body: object) =>
  user.post(`/api/custody/packages/${hash}/${act}`, body);

describe('a look at evidence', () => {
  test('by a reviewer at what waits in the queue needs no words, and is written down with who, what, why and from where', async () => {
    const { id, hash, still } = await queuePackage();
    const reply = await as('reviewer').inject({ method: 'GET', url: still, remoteAddress: '10.9.8.7' });
    expect(reply.statusCode).toBe(200);
    expect(await listEntries(`package=${hash}`)).toMatchObject([
      { action: 'capture', actor: 'system' },
      {
        action: 'view',
        actor: 'reviewer',
        content: 'original/first.jpg',
        reason: `审核候选 ${id}`,
        from: '10.9.8.7',
      },
    ]);
  });

  test('asks anybody else for the purpose first; what is said holds for this package and session for a shift', async () => {
    const { hash, still } = await queuePackage();
    const other = await queuePackage();
    const legal = as('legal_reviewer');
    const refused = await legal.get(still);
    expect(readReply(refused, 428)).toEqual({
      error: { code: 'purpose_missing', message: expect.any(String), details: { manifestHash: hash } },
    });
    expect(refused.rawPayload.length).toBeLessThan(500);
    for (const purpose of ['', ' ', 'x ', 'x'.repeat(501), 'half \ud800', 'zero \0'])
      expect([purpose, (await post(legal, hash, 'purpose', { purpose })).statusCode]).toEqual([purpose, 400]);
    expect(readReply(await post(legal, hash, 'purpose', { purpose: '行政复议 2026-17' }))).toEqual({
      until: '2026-03-02T18:00:00+08:00',
    });
    expect((await legal.get(still)).statusCode).toBe(200);
    expect((await legal.get(other.still)).statusCode).toBe(428);
    expect((await as('clerk').get(toMasked(still))).statusCode).toBe(428);
    expect(
      (await listEntries(`package=${hash}&action=view`)).map(({ reason, actor }) => [actor, reason]),
    ).toEqual([['legal_reviewer', '行政复议 2026-17']]);
    await sql.query(`update view_purpose set until = $1`, [new Date(tested.clock.nowMs)]);
    expect((await legal.get(still)).statusCode).toBe(428);
  });

  test('in a list is one of the list: a small masked copy alone, and nothing else under its name', async () => {
    const { hash, still } = await queuePackage();
    expect((await as('legal_reviewer').get(`${toMasked(still)}?width=320`)).statusCode).toBe(200);
    for (const url of [
      `${toMasked(still)}?width=321`,
      `${still}?width=16`,
      `/api/evidence/${hash}/manifest.json?width=16`,
    ])
      expect((await as('legal_reviewer').get(url)).statusCode).toBe(428);
    expect(await listEntries(`package=${hash}&action=view`)).toEqual([]);
  });

  test('is one entry for one look: a player that asks for many pieces, a page that asks again', async () => {
    const { hash, still } = await queuePackage();
    for (let piece = 0; piece < 20; piece++)
      await as('reviewer').get(still, { range: `bytes=${piece * 10}-${piece * 10 + 9}` });
    const { headers } = await as('reviewer').get(still);
    expect((await as('reviewer').get(still, { 'if-none-match': String(headers['etag']) })).statusCode).toBe(
      304,
    );
    expect(await listEntries(`package=${hash}&action=view`)).toHaveLength(1);
    tested.clock.nowMs += 60_000;
    expect((await as('reviewer').get(still, { 'if-none-match': String(headers['etag']) })).statusCode).toBe(
      304,
    );
    expect(await listEntries(`package=${hash}&action=view`)).toHaveLength(2);
  });

  test('is written down for each of thirty looks at the same moment', async () => {
    const { hash, still } = await queuePackage();
    const files = ['first', 'middle', 'last'].map((name) => still.replace('first', name));
    const before = await listEntries('limit=1');
    const reviewers: TestUser[] = [];
    for (let desk = 0; desk < 10; desk++) reviewers.push(await tested.logIn('reviewer'));
    const replies = await Promise.all(reviewers.flatMap((user) => files.map((url) => user.get(url))));
    expect(replies.every((reply) => reply.statusCode === 200)).toBe(true);
    expect(await listEntries(`package=${hash}&action=view&limit=200`)).toHaveLength(30);
    const after = await listEntries('limit=1');
    expect((after[0]?.seq ?? 0) - (before[0]?.seq ?? 0)).toBe(30);
  });

  test('gets no bytes when it cannot be written down', async () => {
    const { still } = await queuePackage();
    await sql.query(
      `alter table custody_entry add constraint full_disk check (content <> 'original/first.jpg') not valid`,
    );
    try {
      expect((await as('reviewer').get(still)).statusCode).toBe(500);
      expect((await as('reviewer').get(still.replace('first', 'last'))).statusCode).toBe(200);
    } finally {
      await sql.query('alter table custody_entry drop constraint full_disk');
    }
  });

  test('at a case that is open needs no words from those who work on cases, and does from the clerk', async () => {
    const { id, hash, still } = await queuePackage();
    const { version } = readReply<{ version: number }>(
      await as('reviewer').post(`/api/candidates/${id}/lease`),
    );
    await sql.query(
      `update candidate set state = 'confirmed', lease_account_id = null, lease_until = null where id = $1 and version = $2`,
      [id, version],
    );
    expect((await as('reviewer').get(still)).statusCode).toBe(428);
    await sql.query(
      `insert into review (candidate_id, reviewer_id, reviewer, result, manifest_hash, facts, at, effective_at)
       select $1, id, username, 'confirmed', $2, '{}', now(), now() from account where username = 'reviewer'`,
      [id, hash],
    );
    expect((await as('reviewer').get(still)).statusCode).toBe(200);
    await sql.query(
      `insert into case_file (case_no, candidate_id, state, level, version, offence, camera_id, zone, created_at)
       values ('330381-7', $1, 'accepted', 'normal', 1, 'clutter', 'cam', 'z', now())`,
      [id],
    );
    expect((await as('dispatcher').get(still)).statusCode).toBe(200);
    expect((await as('clerk').get(toMasked(still))).statusCode).toBe(428);
    await sql.query(`update case_file set ended_at = now() where candidate_id = $1`, [id]);
    expect((await as('dispatcher').get(still)).statusCode).toBe(428);
    expect((await listEntries(`package=${hash}&actor=dispatcher`)).map(({ reason }) => reason)).toEqual([
      '办理案件 330381-7',
    ]);
  });
});

describe('a legal hold', () => {
  test('is placed and released once, with who and why', async () => {
    const { hash } = await queuePackage();
    const commander = as('commander');
    expect(readReply(await post(commander, hash, 'release', { reason: 'none there' }), 409)).toMatchObject({
      error: { message: expect.stringContaining('is not on hold') },
    });
    const held = { hold: { by: 'commander', reason: '行政诉讼', at: expect.any(String) } };
    expect(readReply(await post(commander, hash, 'hold', { reason: ' 行政诉讼 ' }))).toEqual(held);
    expect((await post(as('legal_reviewer'), hash, 'hold', { reason: 'once more' })).statusCode).toBe(409);
    const look = () => as('auditor').get(`/api/custody/packages/${hash}/hold`);
    expect(readReply(await look())).toEqual(held);
    expect(readReply(await post(as('legal_reviewer'), hash, 'release', { reason: '案件终结' }))).toEqual({
      hold: null,
    });
    expect(readReply(await look())).toEqual({ hold: null });
    expect(
      (await listEntries(`package=${hash}`)).map(({ action, actor, reason }) => [action, actor, reason]),
    ).toEqual([
      ['capture', 'system', expect.any(String)],
      ['hold', 'commander', '行政诉讼'],
      ['release', 'legal_reviewer', '案件终结'],
    ]);
    const { rows } = await sql.query(
      `select action, actor from audit_log where object_id = $1 and object_kind = 'evidence' order by seq`,
      [hash],
    );
    expect(rows).toEqual([
      { action: 'evidence.hold', actor: 'commander' },
      { action: 'evidence.release', actor: 'legal_reviewer' },
    ]);
  });

  test('is placed by one of ten who try at once', async () => {
    const { hash } = await queuePackage();
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        post(as('commander'), hash, 'hold', { reason: `try ${index}` }),
      ),
    );
    expect(replies.filter((reply) => reply.statusCode === 200)).toHaveLength(1);
    expect(replies.filter((reply) => reply.statusCode === 409)).toHaveLength(9);
    expect(await listEntries(`package=${hash}&action=hold`)).toHaveLength(1);
  });

  test('needs a reason and a package', async () => {
    const { hash } = await queuePackage();
    for (const reason of ['', '  ', 'x', 'half \ud800', 'zero \0'])
      expect((await post(as('commander'), hash, 'hold', { reason })).statusCode).toBe(400);
    expect((await post(as('commander'), '0'.repeat(64), 'hold', { reason: 'why' })).statusCode).toBe(404);
  });
});

test('the register is read in pages, and filtered', async () => {
  const all = await listEntries('limit=200');
  const seen: number[] = [];
  let cursor = '';
  do {
    const page: { items: Entry[]; nextCursor: string | null; total: number } = readReply(
      await as('auditor').get(`/api/custody?limit=7${cursor}`),
    );
    expect(page.total).toBe(all.length);
    seen.push(...page.items.map(({ seq }) => seq));
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
  expect(seen).toEqual(all.map(({ seq }) => seq).toReversed());
  expect((await listEntries('actor=commander')).every(({ actor }) => actor === 'commander')).toBe(true);
  expect((await as('auditor').get('/api/custody?action=burn')).statusCode).toBe(400);
  expect((await as('auditor').get('/api/custody?cursor=xx')).statusCode).toBe(400);
});

test('an export is a log that verifies, and that it was taken is in the audit log', async () => {
  const { hash, id } = await queuePackage();
  const reply = await as('auditor').get('/api/custody/export');
  expect(reply.headers).toMatchObject({
    'content-type': 'application/x-ndjson',
    'content-disposition': expect.stringContaining('custody-log.jsonl'),
  });
  const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-test-custody-'));
  try {
    const file = path.join(dir, 'log.jsonl');
    await writeFile(file, reply.rawPayload);
    const about = { package: { manifestHash: hash, candidateId: id } };
    expect(await verifyLog(file, about)).toMatchObject({ ok: true, problem: null, mentions: 1 });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  const { rows } = await sql.query(`select actor from audit_log where action = 'custody.export'`);
  expect(rows).toEqual([{ actor: 'auditor' }]);
});

test('a console that was given no means to check packages says so', async () => {
  const { hash } = await queuePackage();
  expect((await post(as('auditor'), hash, 'verify', { reason: 'spot check' })).statusCode).toBe(409);
  expect(testStartMs).toBeLessThanOrEqual(tested.clock.nowMs);
});
