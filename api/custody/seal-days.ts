import { sql } from 'kysely';
import { fromLocalTime, toLocalTime, XunjieError } from '../../domain/mod.ts';
import { hashCustody, MerkleTree, toSealedBytes } from '../../platform/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { toRootRecord } from './custody-record.ts';
import { findEntryProblem, readChain } from './read-chain.ts';

/** A first start after years away does no more at once. */
const maxDaysAtOnce = 1000;

export type SealingContext = Pick<ConsoleContext, 'db' | 'timeZone' | 'nowMs' | 'signCustody'>;

/**
 * Seals every day that has ended, from the day of the first entry on: one Merkle root a day, also over none, each in a transaction of
 * its own with its audit row. Consoles take turns and the day is the key, so a day is sealed once; what a crash cuts short is done at
 * the next call. A root covers what came since the root before, so that an entry whose clock was late is in the next one. Returns how
 * many days it sealed. Rejects with `evidence_broken` naming the entry when the chain does not hold: nothing is sealed over it.
 */
export async function sealEndedDays(context: SealingContext): Promise<number> {
  for (let sealed = 0; sealed < maxDaysAtOnce; sealed++)
    if (!(await context.db.transaction().execute((db) => sealNextDay(context, db)))) return sealed;
  return maxDaysAtOnce;
}

async function sealNextDay(context: SealingContext, db: DatabaseTransaction): Promise<boolean> {
  const { timeZone, nowMs, signCustody } = context;
  await sql`select pg_advisory_xact_lock(hashtextextended('xunjie custody roots', 0))`.execute(db);
  const before = await db
    .selectFrom('custody_root')
    .selectAll()
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst();
  const day = await findNextDay(db, before, timeZone);
  if (day === null) return false;
  const untilMs = fromLocalTime(toNextDate(day), 0, timeZone);
  const atMs = nowMs();
  if (untilMs > atMs) return false;
  const record = await describeDay(db, before, day, new Date(untilMs));
  const hash = hashCustody(toRootRecord(record));
  const seal = signCustody === null ? null : await signCustody(toSealedBytes('root', hash));
  await db
    .insertInto('custody_root')
    .values({ ...record, hash, seal: seal === null ? null : JSON.stringify(seal), sealed_at: new Date(atMs) })
    .execute();
  await appendAudit(db, {
    atMs,
    actor: 'system',
    action: 'custody.seal',
    objectKind: 'custody_root',
    objectId: day,
    result: 'done',
    ip: null,
    details: { fromSeq: record.from_seq, toSeq: record.to_seq, merkleRoot: record.merkle_root, hash },
  });
  return true;
}

async function findNextDay(
  db: DatabaseTransaction,
  before: Row<'custody_root'> | undefined,
  timeZone: string,
): Promise<string | null> {
  if (before !== undefined) return toNextDate(before.day);
  const first = await db
    .selectFrom('custody_entry')
    .select(['seq', 'at'])
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  if (first === undefined) return null;
  if (first.seq !== 1)
    throw new XunjieError('evidence_broken', 'custody entry 1 is missing; nothing is sealed');
  return toLocalTime(first.at.getTime(), timeZone).date;
}

async function describeDay(
  db: DatabaseTransaction,
  before: Row<'custody_root'> | undefined,
  day: string,
  until: Date,
) {
  const sealedSeq = before?.to_seq ?? 0;
  const { newest } = await db
    .selectFrom('custody_entry')
    .select((select) => select.fn.max('seq').as('newest'))
    .where('seq', '>', sealedSeq)
    .where('at', '<', until)
    .executeTakeFirstOrThrow();
  const toSeq = newest ?? sealedSeq;
  const tree = new MerkleTree();
  let last = { seq: sealedSeq, hash: before?.head_hash ?? null };
  for await (const row of readChain(db, sealedSeq + 1, toSeq)) {
    const problem = findEntryProblem(row, last);
    if (problem !== null) throw new XunjieError('evidence_broken', `${problem}; ${day} is not sealed`);
    tree.add(Buffer.from(row.hash, 'hex'));
    last = row;
  }
  if (last.seq !== toSeq)
    throw new XunjieError(
      'evidence_broken',
      `custody entry ${last.seq + 1} is missing; ${day} is not sealed`,
    );
  return {
    day,
    until,
    from_seq: sealedSeq + 1,
    to_seq: toSeq,
    merkle_root: tree.toRoot(),
    head_hash: last.hash,
    prev_hash: before?.hash ?? null,
  };
}

function toNextDate(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 24 * 3_600_000).toISOString().slice(0, 10);
}
