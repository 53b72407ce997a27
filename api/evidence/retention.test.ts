import type { Kysely } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { XunjieError } from '../../domain/mod.ts';
import { type BlobStore, createLogger } from '../../platform/mod.ts';
import { openTestConsole, readReply, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';
import type { CandidateDetail } from '../candidates/schema.ts';
import { appendCustody } from '../custody/append-custody.ts';
import { connectDatabase, parseDatabaseUrl } from '../database/connect.ts';
import type { Tables } from '../database/tables.ts';
import { deleteDueEvidence } from './retention.ts';

const dayMs = 86_400_000;
const policy = { retentionDays: 30, caseRetentionDays: 730 };

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let db: Kysely<Tables>;
let minute = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  db = connectDatabase(parseDatabaseUrl(url), createLogger('silent'));
});

afterAll(async () => {
  await sql?.end();
  await db?.destroy();
  await tested?.close();
  await postgres?.stop();
});

beforeEach(async () => {
  tested.clock.nowMs = testStartMs;
  await sql.query("update evidence set sealed_at = now() + interval '100 years' where deleted_at is null");
});

interface Sealed {
  readonly id: string;
  readonly manifestHash: string;
  readonly sealedAtMs: number;
}

/** A candidate with its package, in a state that somebody has brought it to. */
async function seal(state: string): Promise<Sealed> {
  const { id } = await tested.queueCandidate({ fromMs: testStartMs + ++minute * 60_000 });
  await sql.query('update candidate set state = $1 where id = $2', [state, id]);
  const { rows } = await sql.query('select manifest_hash, sealed_at from evidence where candidate_id = $1', [
    id,
  ]);
  return { id, manifestHash: rows[0].manifest_hash, sealedAtMs: rows[0].sealed_at.getTime() };
}

const look = (afterDays: number, { sealedAtMs }: Sealed, blobs: BlobStore = tested.blobs) =>
  deleteDueEvidence(
    { db, blobs, nowMs: () => sealedAtMs + afterDays * dayMs, logger: createLogger('silent') },
    policy,
  );
const listFiles = ({ manifestHash }: Sealed) => tested.blobs.list(`packages/${manifestHash}/`);
const readDeletions = async ({ manifestHash }: Sealed) =>
  (
    await sql.query("select * from custody_entry where manifest_hash = $1 and action = 'delete'", [
      manifestHash,
    ])
  ).rows;

async function readShown({ id, manifestHash }: Sealed): Promise<{ stills: number; status: number }> {
  const reviewer = await tested.logIn('reviewer-01');
  const detail = readReply<CandidateDetail>(await reviewer.get(`/api/candidates/${id}`));
  // Its candidate may be decided: then whoever looks says why.
  await reviewer.post(`/api/custody/packages/${manifestHash}/purpose`, { purpose: 'a test' });
  const { statusCode } = await reviewer.get(`/api/evidence/${manifestHash}/manifest.json`);
  return { stills: detail.stills.length, status: statusCode };
}

async function addEntry(action: 'hold' | 'release', { id }: Sealed): Promise<void> {
  await db.transaction().execute((trx) =>
    appendCustody(trx, {
      candidateId: id,
      atMs: testStartMs,
      action,
      actor: 'legal-01',
      reason: 'an objection is being heard',
      from: '10.0.0.9',
    }),
  );
}

describe('whose time is over', () => {
  test('a rejected candidate’s package goes after 30 days, not a moment before, and it is written down once', async () => {
    const one = await seal('rejected');
    expect(await look(30 - 1e-6, one)).toBe(0);
    expect(await readShown(one)).toEqual({ stills: 3, status: 200 });
    expect(await look(30, one)).toBe(1);
    expect(await listFiles(one)).toEqual([]);
    expect(await readShown(one)).toEqual({ stills: 0, status: 404 });
    expect(await look(31, one)).toBe(0);
    expect(await readDeletions(one)).toMatchObject([
      {
        candidate_id: one.id,
        actor: 'system',
        reason: expect.stringContaining('retention is over: sealed at'),
      },
    ]);
  });

  test.each(['pending_review', 'in_review', 'needs_evidence'])(
    'one that is %s keeps its evidence, however old',
    async (state) => {
      const one = await seal('pending_review');
      if (state === 'in_review') {
        const reviewer = await tested.logIn('reviewer-01');
        expect((await reviewer.post(`/api/candidates/${one.id}/lease`)).statusCode).toBe(200);
      } else await sql.query('update candidate set state = $1 where id = $2', [state, one.id]);
      expect(await look(3000, one)).toBe(0);
      expect((await listFiles(one)).length).toBeGreaterThan(0);
    },
  );

  test('of a case: two years after it has ended, and never while it is open', async () => {
    const one = await seal('confirmed');
    await sql.query(
      `insert into case_file (case_no, candidate_id, state, level, version, offence, camera_id, zone, created_at)
       select 'R-' || $1::text, id, 'dispatched', 'normal', 1, offence, camera_id, zone, now() from candidate where id = $2`,
      [minute, one.id],
    );
    expect(await look(3000, one)).toBe(0);
    const endedAt = new Date(one.sealedAtMs + 10 * dayMs);
    await sql.query("update case_file set state = 'closed', ended_at = $1 where candidate_id = $2", [
      endedAt,
      one.id,
    ]);
    expect(await look(739, one)).toBe(0);
    expect(await look(740, one)).toBe(1);
  });
});

describe('legal hold', () => {
  test('keeps it until it is released, however often it was held before', async () => {
    const one = await seal('rejected');
    for (const action of ['hold', 'release', 'hold'] as const) await addEntry(action, one);
    expect(await look(3000, one)).toBe(0);
    expect(await readShown(one)).toEqual({ stills: 3, status: 200 });
    await addEntry('release', one);
    expect(await look(3000, one)).toBe(1);
  });

  test('one that is being placed at the same moment is waited for', async () => {
    const one = await seal('rejected');
    let place: () => void = () => undefined;
    const placed = new Promise<void>((resolve) => {
      place = resolve;
    });
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const holding = db.transaction().execute(async (trx) => {
      await appendCustody(trx, {
        candidateId: one.id,
        atMs: testStartMs,
        action: 'hold',
        actor: 'legal-01',
        reason: 'an objection is being heard',
        from: '10.0.0.9',
      });
      begin();
      await placed;
    });
    await begun;
    const looking = look(3000, one);
    await expect
      .poll(
        async () =>
          (await sql.query("select 1 from pg_locks where locktype = 'advisory' and not granted")).rows.length,
        { timeout: 20_000 },
      )
      .toBe(1);
    place();
    await holding;
    expect(await looking).toBe(0);
    expect(await readShown(one)).toEqual({ stills: 3, status: 200 });
  });

  test('one that comes between the mark and the first file gives the package back', async () => {
    const one = await seal('rejected');
    await sql.query(
      'update evidence set deleting_at = now(), deleted_items = items, items = null where candidate_id = $1',
      [one.id],
    );
    await addEntry('hold', one);
    expect(await look(3000, one)).toBe(0);
    expect(await readShown(one)).toEqual({ stills: 3, status: 200 });
  });
});

/** A store that fails when so many objects have been deleted. */
function toFailingStore(after: number, code: 'blob_store_unreachable' | 'blob_locked'): BlobStore {
  let count = 0;
  return {
    ...tested.blobs,
    async delete(key) {
      if (count++ >= after) throw new XunjieError(code, `no more of ${key}`);
      await tested.blobs.delete(key);
    },
  };
}

describe('cut short', () => {
  test.each([0, 1, 2, 5, 9])(
    'after %i files: half of it is never shown, and the next look ends it',
    async (after) => {
      const one = await seal('rejected');
      expect(await listFiles(one)).toHaveLength(10);
      expect(await look(30, one, toFailingStore(after, 'blob_store_unreachable'))).toBe(0);
      expect(await listFiles(one)).toHaveLength(10 - after);
      expect(await readShown(one)).toEqual({ stills: 0, status: 404 });
      expect(await tested.blobs.has(`packages/${one.manifestHash}/manifest.json`)).toBe(after === 0);
      expect(await readDeletions(one)).toEqual([]);
      expect(await look(30, one)).toBe(1);
      expect(await listFiles(one)).toEqual([]);
      expect(await readDeletions(one)).toHaveLength(1);
    },
  );

  test('between the last file and the record: the record follows, once', async () => {
    const one = await seal('rejected');
    await sql.query(
      `create function no_entry() returns trigger language plpgsql as $$ begin raise exception 'no entry'; end $$`,
    );
    await sql.query('create trigger no_entry before insert on custody_entry execute function no_entry()');
    await expect(look(30, one)).rejects.toThrow('no entry');
    await sql.query('drop trigger no_entry on custody_entry');
    const { rows } = await sql.query('select deleted_at from evidence where candidate_id = $1', [one.id]);
    expect(rows).toEqual([{ deleted_at: null }]);
    expect(await readShown(one)).toEqual({ stills: 0, status: 404 });
    expect(await look(30, one)).toBe(1);
    expect(await readDeletions(one)).toHaveLength(1);
  });

  test('by a store that keeps it longer: it is shown again, and asked about a day later', async () => {
    const one = await seal('rejected');
    expect(await look(30, one, toFailingStore(0, 'blob_locked'))).toBe(0);
    expect(await readShown(one)).toEqual({ stills: 3, status: 200 });
    expect(await look(30.9, one)).toBe(0);
    expect(await look(31, one)).toBe(1);
  });

  test('two consoles at once delete each package once', async () => {
    const sealed: Sealed[] = [];
    for (let count = 0; count < 6; count++) sealed.push(await seal('rejected'));
    const [first] = sealed;
    if (first === undefined) throw new Error('nothing was sealed');
    const counts = await Promise.all([look(31, first), look(31, first), look(31, first)]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6);
    for (const one of sealed) {
      expect(await readDeletions(one)).toHaveLength(1);
      expect(await listFiles(one)).toEqual([]);
    }
  });
});
