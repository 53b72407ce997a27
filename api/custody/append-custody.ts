import { sql } from 'kysely';
import { type CustodyAction, XunjieError } from '../../domain/mod.ts';
import { hashCustody } from '../../platform/mod.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { checkText } from './check-text.ts';
import { toCustodyRecord } from './custody-record.ts';

/** The package that was handled: by its manifest hash, by its candidate, or by both where both are known. */
export type CustodySubject =
  | { readonly candidateId: string; readonly manifestHash?: string | undefined }
  | { readonly manifestHash: string; readonly candidateId?: undefined };

/** What was done to a package; number, previous hash and hash are given to it. */
export type CustodyAct = CustodySubject & {
  readonly atMs: number;
  readonly action: CustodyAction;
  /** User name, or `system`. */
  readonly actor: string;
  readonly unit?: string | null;
  /** Path of the file that was seen or given away; default: the whole package. */
  readonly content?: string | null;
  /** Why: a purpose in words, never empty. */
  readonly reason: string;
  /** IP address, or `camera:<id>` and the like for what no person does. */
  readonly from: string;
};

/**
 * Appends to the chain of custody inside the caller's transaction: what is done and that it was done stand or fall together.
 * There is one chain, so appending waits until the transaction that appended before has ended. Call it last, after every
 * other lock is taken: whoever waits for a row while holding the chain can be waited for in turn. Rejects with `not_found`
 * for a candidate without a sealed package, `bad_request` for an empty reason.
 */
export async function appendCustody(db: DatabaseTransaction, ...acts: readonly CustodyAct[]): Promise<void> {
  const described: Omit<Row<'custody_entry'>, 'seq' | 'prev_hash' | 'hash'>[] = [];
  for (const act of acts) described.push(await describeAct(db, act));
  await lockCustodyChain(db);
  const last = await db
    .selectFrom('custody_entry')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  let seq = last?.seq ?? 0;
  let prevHash = last?.hash ?? null;
  const rows = described.map((entry) => {
    const linked = { ...entry, seq: ++seq, prev_hash: prevHash };
    const hash = hashCustody(toCustodyRecord(linked));
    prevHash = hash;
    return { ...linked, hash };
  });
  if (rows.length > 0) await db.insertInto('custody_entry').values(rows).execute();
}

/** Until this transaction ends nobody else appends. A statement of its own: the next one must see what the holder before has committed. */
export async function lockCustodyChain(db: DatabaseTransaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('xunjie custody chain', 0))`.execute(db);
}

async function describeAct(db: DatabaseTransaction, act: CustodyAct) {
  const { atMs, action, actor, unit = null, content = null, reason, from } = act;
  for (const [name, text] of Object.entries({ actor, unit, content, reason, from }))
    if (text !== null) checkText(`custody entry: ${name}`, text);
  const { candidateId, manifestHash } = await findSubject(db, act);
  return {
    at: new Date(atMs),
    candidate_id: candidateId,
    manifest_hash: manifestHash,
    action,
    actor,
    unit,
    content,
    reason: reason.trim(),
    from_place: from,
  };
}

async function findSubject(
  db: DatabaseTransaction,
  { candidateId, manifestHash }: CustodySubject,
): Promise<{ candidateId: string; manifestHash: string }> {
  if (candidateId !== undefined && manifestHash !== undefined) return { candidateId, manifestHash };
  const evidence = await db
    .selectFrom('evidence')
    .select(['candidate_id', 'manifest_hash'])
    .$if(candidateId !== undefined, (query) => query.where('candidate_id', '=', candidateId ?? ''))
    .$if(manifestHash !== undefined, (query) => query.where('manifest_hash', '=', manifestHash ?? ''))
    .where('manifest_hash', 'is not', null)
    .executeTakeFirst();
  if (evidence === undefined || evidence.manifest_hash === null)
    throw new XunjieError('not_found', `there is no sealed package of ${candidateId ?? manifestHash}`);
  return { candidateId: evidence.candidate_id, manifestHash: evidence.manifest_hash };
}
