import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CandidateFacts } from '../../domain/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import { openTestConsole, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { toAppLogin } from '../database/app-login.ts';
import { connectDatabase, parseDatabaseUrl } from '../database/connect.ts';
import type { Database } from '../database/tables.ts';
import { startRepeating } from '../repeat.ts';
import { appendCustody } from './append-custody.ts';
import { type SealingContext, sealEndedDays } from './seal-days.ts';

const hourMs = 3_600_000;
const startMs = Date.parse('2026-03-02T10:00:00+08:00');

let postgres: TestPostgres;
let tested: TestConsole;
let db: Database;
let sql: Client;
let facts: CandidateFacts;
let nowMs = startMs;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(async () => {
  await postgres?.stop();
});

/** Each test has a database of its own, with the sealing of one package in its log. */
beforeEach(async () => {
  const url = await postgres.createDatabase();
  nowMs = startMs;
  tested = await openTestConsole(url);
  // As the running console: what it may not do, the job may not either.
  db = connectDatabase(toAppLogin(parseDatabaseUrl(url)).address, createLogger('error'));
  sql = new Client(url);
  await sql.connect();
  facts = await tested.queueCandidate();
  return async () => {
    await sql.end();
    await db.destroy();
    await tested.close();
  };
});

const context = (more: Partial<SealingContext> = {}): SealingContext => ({
  db,
  timeZone: 'Asia/Shanghai',
  nowMs: () => nowMs,
  signCustody: null,
  ...more,
});

async function view(atMs: number): Promise<void> {
  await db.transaction().execute((trx) =>
    appendCustody(trx, {
      atMs,
      candidateId: facts.id,
      action: 'view',
      actor: 'reviewer-01',
      reason: 'review',
      from: '10.0.0.1',
    }),
  );
}

const readRoots = () => db.selectFrom('custody_root').selectAll().orderBy('day').execute();
const readHashes = async () =>
  (await db.selectFrom('custody_entry').select('hash').orderBy('seq').execute()).map(({ hash }) => hash);

const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const toLeaf = (hash: string) => sha256(Buffer.of(0), Buffer.from(hash, 'hex'));
const emptyRoot = sha256().toString('hex');

describe('the daily roots', () => {
  test('cover each day that has ended, in local time, and days without entries too', async () => {
    await view(startMs + 13.9 * hourMs); // 23:54 in Shanghai
    await view(startMs + 14.1 * hourMs); // 00:06 on the next day
    nowMs = Date.parse('2026-03-05T00:00:00+08:00');
    expect(await sealEndedDays(context())).toBe(3);
    const [first, second, third] = (await readHashes()) as [string, string, string];
    const roots = await readRoots();
    expect(roots).toMatchObject([
      { day: '2026-03-02', from_seq: 1, to_seq: 2, head_hash: second, prev_hash: null },
      { day: '2026-03-03', from_seq: 3, to_seq: 3, head_hash: third, prev_hash: roots[0]?.hash },
      { day: '2026-03-04', from_seq: 4, to_seq: 3, head_hash: third, prev_hash: roots[1]?.hash },
    ]);
    expect(roots[0]?.until.toISOString()).toBe('2026-03-02T16:00:00.000Z');
    expect(roots.map((root) => root.merkle_root)).toEqual([
      sha256(Buffer.of(1), toLeaf(first), toLeaf(second)).toString('hex'),
      toLeaf(third).toString('hex'),
      emptyRoot,
    ]);
    const { rows } = await sql.query("select object_id, actor from audit_log where action = 'custody.seal'");
    expect(rows).toEqual(
      ['2026-03-02', '2026-03-03', '2026-03-04'].map((day) => ({ object_id: day, actor: 'system' })),
    );
  });

  test('are not made before the day has ended, nor without any entry', async () => {
    nowMs = Date.parse('2026-03-02T23:59:59.999+08:00');
    expect(await sealEndedDays(context())).toBe(0);
    nowMs += 1;
    expect(await sealEndedDays(context())).toBe(1);
    expect(await sealEndedDays(context())).toBe(0);
  });

  test('are made once when eight consoles look at the same moment', async () => {
    nowMs = Date.parse('2026-03-12T12:00:00+08:00');
    const sealed = await Promise.all(Array.from({ length: 8 }, () => sealEndedDays(context())));
    expect(sealed.reduce((sum, days) => sum + days)).toBe(10);
    const roots = await readRoots();
    expect(roots).toHaveLength(10);
    expect(new Set(roots.map((root) => root.prev_hash)).size).toBe(10);
  });

  test('go on where a crash cut them short: all of a day or nothing of it', async () => {
    nowMs = Date.parse('2026-03-06T08:00:00+08:00');
    let calls = 0;
    const crash = async () => {
      if (++calls === 3) throw new Error('the power is gone');
      return { algorithm: 'Ed25519' as const, keyId: 'k', publicKey: 'p', signature: 's' };
    };
    await expect(sealEndedDays(context({ signCustody: crash }))).rejects.toThrow('the power is gone');
    expect((await readRoots()).map((root) => root.day)).toEqual(['2026-03-02', '2026-03-03']);
    expect((await sql.query("select 1 from audit_log where action = 'custody.seal'")).rowCount).toBe(2);
    expect(await sealEndedDays(context())).toBe(2);
    expect((await readRoots()).map((root) => root.day)).toEqual([
      '2026-03-02',
      '2026-03-03',
      '2026-03-04',
      '2026-03-05',
    ]);
  });

  test('leave no entry out whose clock was late: it is in the next one', async () => {
    nowMs = Date.parse('2026-03-03T00:00:00+08:00');
    await sealEndedDays(context());
    await view(Date.parse('2026-03-02T23:59:59.500+08:00'));
    nowMs = Date.parse('2026-03-04T00:00:00+08:00');
    await sealEndedDays(context());
    expect((await readRoots()).at(-1)).toMatchObject({ day: '2026-03-03', from_seq: 2, to_seq: 2 });
  });

  test.each([
    [
      "update custody_entry set actor = 'x' where seq = 2",
      'custody entry 2 was changed; 2026-03-02 is not sealed',
    ],
    ['delete from custody_entry where seq = 2', 'custody entry 2 is missing; 2026-03-02 is not sealed'],
    ['delete from custody_entry where seq = 1', 'custody entry 1 is missing; nothing is sealed'],
  ])('are not made over a chain that somebody broke: %s', async (statement, problem) => {
    await view(startMs + hourMs);
    await view(startMs + 2 * hourMs);
    await sql.query('alter table custody_entry disable trigger custody_entry_append_only');
    await sql.query(statement);
    nowMs = Date.parse('2026-03-03T00:00:00+08:00');
    await expect(sealEndedDays(context())).rejects.toMatchObject({
      code: 'evidence_broken',
      message: problem,
    });
    expect(await readRoots()).toEqual([]);
  });

  test('are made by the console by itself at start, and its closing waits for them', async () => {
    nowMs = Date.parse('2026-03-04T00:00:00+08:00');
    const sealing = { name: 'seal', firstMs: 0, everyMs: 60_000, work: () => sealEndedDays(context()) };
    const clock = startRepeating(sealing, createLogger('silent'));
    await clock.close();
    expect((await readRoots()).map((root) => root.day)).toEqual(['2026-03-02', '2026-03-03']);
  });
});
