import type { Kysely } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CandidateFacts } from '../../domain/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import { openTestConsole, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { makeFacts, storePackage, testStartMs } from '../../test/support/sealed-candidate.ts';
import { connectDatabase, parseDatabaseUrl } from '../database/connect.ts';
import type { Tables } from '../database/tables.ts';
import { appendCustody, type CustodyAct } from './append-custody.ts';
import { findEntryProblem, readChain } from './read-chain.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let db: Kysely<Tables>;
let facts: CandidateFacts;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  db = connectDatabase(parseDatabaseUrl(url), createLogger('error'));
  facts = await tested.queueCandidate();
});

afterAll(async () => {
  await sql?.end();
  await db?.destroy();
  await tested?.close();
  await postgres?.stop();
});

const view = (reason: string): CustodyAct => ({
  atMs: testStartMs,
  candidateId: facts.id,
  action: 'view',
  actor: 'reviewer-01',
  content: 'original/first.jpg',
  reason,
  from: '10.0.0.7',
});

async function readEntries() {
  const rows = [];
  for await (const row of readChain(db, 1, Number.MAX_SAFE_INTEGER)) rows.push(row);
  return rows;
}

async function findBroken(): Promise<string | null> {
  let before: { seq: number; hash: string | null } = { seq: 0, hash: null };
  for (const row of await readEntries()) {
    const problem = findEntryProblem(row, before);
    if (problem !== null) return problem;
    before = row;
  }
  return null;
}

describe('the custody chain', () => {
  test('begins with the sealing of a package, told once however often the news comes', async () => {
    const event = await storePackage(tested.blobs, facts);
    await tested.console.recordEvidenceEvent(event);
    await tested.console.recordEvidenceEvent(event);
    expect(await readEntries()).toMatchObject([
      {
        seq: 1,
        action: 'capture',
        actor: 'system',
        candidate_id: facts.id,
        manifest_hash: event.manifestHash,
        reason: expect.stringMatching(/^sealed at 2026-.*Z with key 0123456789abcdef, 3 masked copies$/),
        from_place: 'camera:cam-01',
        prev_hash: null,
      },
    ]);
  });

  test('has no gap and no fork when forty write at once, some of whom take it back', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        db.transaction().execute(async (trx) => {
          await appendCustody(trx, view(`look ${index}`), view(`look again ${index}`));
          if (index % 4 === 0) throw new Error('taken back');
        }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
    const entries = await readEntries();
    expect(entries.map((entry) => entry.seq)).toEqual(Array.from({ length: 61 }, (_, index) => index + 1));
    expect(await findBroken()).toBeNull();
    expect(entries.some((entry) => entry.reason === 'look 4')).toBe(false);
    expect(entries.every((entry) => entry.manifest_hash === entries[0]?.manifest_hash)).toBe(true);
  });

  test.each([
    ['no reason', { reason: '' }, 'reason is empty'],
    ['a reason of blanks', { reason: ' \n' }, 'reason is empty'],
    ['nobody', { actor: '' }, 'actor is empty'],
    ['nowhere', { from: '' }, 'from is empty'],
    ['half a character', { reason: 'because \ud800' }, 'reason holds characters that are none'],
    ['a zero byte', { reason: 'because \0' }, 'reason holds characters that are none'],
    ['a novel', { reason: 'x'.repeat(1001) }, 'reason is longer than 1000 characters'],
  ])('refuses an entry with %s', async (_what, changes, problem) => {
    await expect(
      db.transaction().execute((trx) => appendCustody(trx, { ...view('seen'), ...changes })),
    ).rejects.toMatchObject({ code: 'bad_request', message: `custody entry: ${problem}` });
  });

  test('refuses a candidate without a package, and a package that is none', async () => {
    const { id } = makeFacts({ fromMs: testStartMs + 1 });
    for (const subject of [{ candidateId: id }, { candidateId: undefined, manifestHash: '0'.repeat(64) }])
      await expect(
        db.transaction().execute((trx) => appendCustody(trx, { ...view('seen'), ...subject })),
      ).rejects.toMatchObject({ code: 'not_found' });
  });

  test('keeps every kind of character as it was hashed', async () => {
    const reason = '“复核” — 案件 330381\t\\u0000 \u2028 é 🚲';
    await db.transaction().execute((trx) => appendCustody(trx, view(`  ${reason} `)));
    expect((await readEntries()).at(-1)?.reason).toBe(reason);
    expect(await findBroken()).toBeNull();
  });

  test.each(['custody_entry', 'custody_root'])(
    '%s refuses update, delete and truncate even to its owner',
    async (table) => {
      for (const statement of [
        `update ${table} set hash = hash`,
        `delete from ${table}`,
        `truncate ${table}`,
      ])
        await expect(sql.query(statement)).rejects.toThrow(`${table} is append-only`);
    },
  );

  test.each([
    ["update custody_entry set actor = 'x' where seq = 3", 'custody entry 3 was changed'],
    ["update custody_entry set at = at + interval '1 ms' where seq = 1", 'custody entry 1 was changed'],
    ['update custody_entry set unit = null, content = null where seq = 9', 'custody entry 9 was changed'],
    ['delete from custody_entry where seq = 7', 'custody entry 7 is missing'],
    ['delete from custody_entry where seq = 1', 'custody entry 1 is missing'],
    ["update custody_entry set hash = repeat('0', 64) where seq = 5", 'custody entry 5 was changed'],
    [
      "update custody_entry set prev_hash = repeat('0', 64) where seq = 5",
      'custody entry 5 does not follow from entry 4',
    ],
    [
      // Two entries exchange what they say; numbers and links stay.
      `update custody_entry a set reason = b.reason, hash = b.hash || '' from custody_entry b
       where a.seq = 11 and b.seq = 12`,
      'custody entry 11 was changed',
    ],
  ])('shows what the owner did with the trigger off: %s', async (statement, problem) => {
    await sql.query('begin');
    await sql.query('alter table custody_entry disable trigger custody_entry_append_only');
    await sql.query('alter table custody_entry drop constraint custody_entry_hash_key');
    await sql.query(statement);
    const { rows } = await sql.query('select * from custody_entry order by seq');
    await sql.query('rollback');
    let before: { seq: number; hash: string | null } = { seq: 0, hash: null };
    let found: string | null = null;
    for (const row of rows) {
      const entry = { ...row, seq: Number(row.seq) };
      found ??= findEntryProblem(entry, before);
      before = entry;
    }
    expect(found).toBe(problem);
  });
});
