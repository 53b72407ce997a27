import { sql } from 'kysely';
import { type CandidateState, type CaseState, toMessage, XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import { lockCandidate } from '../candidates/candidate-lock.ts';
import type { ConsoleContext } from '../context.ts';
import { appendCustody, lockCustodyChain } from '../custody/append-custody.ts';
import type { DatabaseTransaction } from '../database/tables.ts';

export interface RetentionPolicy {
  /** Days since sealing for which all evidence is kept, and for which such is kept that no case came of. */
  readonly retentionDays: number;
  /** Days since its case ended for which the evidence of a case is kept. */
  readonly caseRetentionDays: number;
}

export const defaultRetention: RetentionPolicy = { retentionDays: 30, caseRetentionDays: 730 };

/** What the deletion of evidence needs of the console. */
type RetentionContext = Pick<ConsoleContext, 'db' | 'blobs' | 'nowMs' | 'logger'>;

const dayMs = 86_400_000;
/** Nothing more will come of a candidate in these states; one that waits for a decision keeps its evidence however old it is. */
const settledStates: readonly CandidateState[] = ['rejected', 'cleared', 'expired'];
const endedStates: readonly CaseState[] = ['closed', 'not_accepted', 'not_registered', 'voided', 'merged'];
/** How much one look may delete: the next one goes on. */
const maxPerLook = 500;

interface DuePackage {
  readonly candidateId: string;
  readonly manifestHash: string;
  readonly sealedAt: Date;
}

/**
 * Deletes the packages whose time is over by the policy, never one under legal hold. In three steps, each of which may be the last before
 * a crash: the package is marked and no longer shown; its files go, the manifest first, without which it is no package; the deletion is
 * written down in the custody chain together with the mark that it is done. What was begun is ended by the next call. Resolves to the
 * number of packages deleted; what could not be deleted is logged and tried again later.
 */
export async function deleteDueEvidence(context: RetentionContext, policy: RetentionPolicy): Promise<number> {
  let deleted = 0;
  for (const begun of await listBegun(context)) if (await removePackage(context, begun, policy)) deleted++;
  for (let count = 0; count < maxPerLook; count++) {
    const due = await context.db.transaction().execute((trx) => claimNext(trx, context, policy));
    if (due === 'none') break;
    if (due === 'changed') continue;
    if (await removePackage(context, due, policy)) deleted++;
  }
  return deleted;
}

async function listBegun({ db }: RetentionContext): Promise<DuePackage[]> {
  const rows = await db
    .selectFrom('evidence')
    .select(['candidate_id', 'manifest_hash', 'sealed_at'])
    .where('deleting_at', 'is not', null)
    .where('deleted_at', 'is', null)
    .orderBy('deleting_at')
    .limit(maxPerLook)
    .execute();
  return rows.flatMap(toDuePackage);
}

/**
 * Marks one package as being deleted. The row is locked, so nobody can put it on hold in between. `changed`: it was another's before the
 * locks were had; the next one is for a transaction of its own, since locks on two candidates wait for each other.
 */
async function claimNext(
  trx: DatabaseTransaction,
  context: RetentionContext,
  policy: RetentionPolicy,
): Promise<DuePackage | 'none' | 'changed'> {
  const [candidate] = await selectDue(trx, context, policy).execute();
  if (candidate === undefined) return 'none';
  await lockCandidate(trx, candidate.candidate_id);
  await trx
    .selectFrom('evidence')
    .select('candidate_id')
    .where('candidate_id', '=', candidate.candidate_id)
    .forUpdate()
    .execute();
  // A hold is an entry of the custody chain: one that is being placed just now is waited for, a later one finds the mark.
  await lockCustodyChain(trx);
  // Looked at again under the locks: somebody may have reopened the case or put the package on hold since.
  const [still] = await selectDue(trx, context, policy)
    .where('evidence.candidate_id', '=', candidate.candidate_id)
    .execute();
  const [due] = still === undefined ? [] : toDuePackage(still);
  if (due === undefined) return 'changed';
  await trx
    .updateTable('evidence')
    .set({ deleting_at: new Date(context.nowMs()), deleted_items: sql`items`, items: null })
    .where('candidate_id', '=', due.candidateId)
    .execute();
  return due;
}

function selectDue(trx: DatabaseTransaction, context: RetentionContext, policy: RetentionPolicy) {
  const now = new Date(context.nowMs());
  const sealedBefore = new Date(context.nowMs() - policy.retentionDays * dayMs);
  const endedBefore = new Date(context.nowMs() - policy.caseRetentionDays * dayMs);
  return trx
    .selectFrom('evidence')
    .innerJoin('candidate', 'candidate.id', 'evidence.candidate_id')
    .select(['evidence.candidate_id', 'evidence.manifest_hash', 'evidence.sealed_at'])
    .where('evidence.manifest_hash', 'is not', null)
    .where('evidence.deleting_at', 'is', null)
    .where('evidence.sealed_at', '<=', sealedBefore)
    .where((either) =>
      either.or([
        either('evidence.delete_not_before', 'is', null),
        either('evidence.delete_not_before', '<=', now),
      ]),
    )
    .where((either) =>
      either.or([
        either('candidate.state', 'in', settledStates),
        either.exists(
          either
            .selectFrom('case_file')
            .select('case_file.case_no')
            .whereRef('case_file.candidate_id', '=', 'evidence.candidate_id')
            .where('case_file.state', 'in', endedStates)
            .where('case_file.ended_at', '<=', endedBefore),
        ),
      ]),
    )
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('case_file')
            .select('case_file.case_no')
            .whereRef('case_file.candidate_id', '=', 'evidence.candidate_id')
            .where((either) =>
              either.or([
                either('case_file.state', 'not in', endedStates),
                either('case_file.ended_at', 'is', null),
                either('case_file.ended_at', '>', endedBefore),
              ]),
            ),
        ),
      ),
    )
    .where((where) => where.not(isHeld))
    .orderBy('evidence.sealed_at')
    .limit(1);
}

/** On hold: of what was ever written down of holds and releases of the package the last is a hold. */
const isHeld = sql<boolean>`coalesce((
  select custody_entry.action = 'hold' from custody_entry
  where custody_entry.manifest_hash = evidence.manifest_hash and custody_entry.action in ('hold', 'release')
  order by custody_entry.seq desc limit 1), false)`;

/** `true` when it is gone and written down by this call. */
async function removePackage(
  context: RetentionContext,
  due: DuePackage,
  policy: RetentionPolicy,
): Promise<boolean> {
  try {
    if (await isOnHold(context, due)) {
      // It came after the mark and before the first file went: a package that is whole is given back.
      if (await isWhole(context, due)) await giveBack(context, due, null);
      return false;
    }
    await removeFiles(context, due.manifestHash);
  } catch (error) {
    if (error instanceof XunjieError && error.code === 'blob_locked' && (await isWhole(context, due))) {
      await postpone(context, due, error.message);
      return false;
    }
    context.logger.warn(
      { candidate: due.candidateId, manifestHash: due.manifestHash, error: toMessage(error) },
      'evidence whose time is over could not be deleted; tried again',
    );
    return false;
  }
  return context.db.transaction().execute((trx) => recordDeletion(trx, context, due, policy));
}

async function removeFiles({ blobs }: RetentionContext, manifestHash: string): Promise<void> {
  const prefix = `packages/${manifestHash}/`;
  await blobs.delete(`${prefix}manifest.json`);
  for (const key of await blobs.list(prefix)) await blobs.delete(key);
}

async function isWhole({ blobs }: RetentionContext, { manifestHash }: DuePackage): Promise<boolean> {
  return blobs.has(`packages/${manifestHash}/manifest.json`);
}

/** The store was told to keep it longer than the policy now says: it is shown again until then. */
async function postpone(context: RetentionContext, due: DuePackage, reason: string): Promise<void> {
  context.logger.warn(
    { candidate: due.candidateId, manifestHash: due.manifestHash, reason },
    'evidence whose time is over is still locked in its store; tried again in a day',
  );
  await giveBack(context, due, new Date(context.nowMs() + dayMs));
}

async function giveBack({ db }: RetentionContext, due: DuePackage, notBefore: Date | null): Promise<void> {
  await db
    .updateTable('evidence')
    .set({
      deleting_at: null,
      items: sql`deleted_items`,
      deleted_items: null,
      delete_not_before: notBefore,
    })
    .where('candidate_id', '=', due.candidateId)
    .where('deleting_at', 'is not', null)
    .where('deleted_at', 'is', null)
    .execute();
}

async function isOnHold({ db }: RetentionContext, { manifestHash }: DuePackage): Promise<boolean> {
  const held = await db
    .selectFrom('evidence')
    .select('candidate_id')
    .where('manifest_hash', '=', manifestHash)
    .where(isHeld)
    .executeTakeFirst();
  return held !== undefined;
}

async function recordDeletion(
  trx: DatabaseTransaction,
  context: RetentionContext,
  { candidateId, manifestHash, sealedAt }: DuePackage,
  policy: RetentionPolicy,
): Promise<boolean> {
  const atMs = context.nowMs();
  const { numUpdatedRows } = await trx
    .updateTable('evidence')
    .set({ deleted_at: new Date(atMs) })
    .where('candidate_id', '=', candidateId)
    .where('deleting_at', 'is not', null)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false; // another console has ended it meanwhile
  const reason = `retention is over: sealed at ${sealedAt.toISOString()}, kept ${policy.retentionDays} days, of a case ${policy.caseRetentionDays} days after its end`;
  await appendAudit(trx, {
    atMs,
    actor: 'system',
    action: 'evidence.delete',
    objectKind: 'evidence',
    objectId: manifestHash,
    result: 'done',
    ip: null,
    details: { candidateId, reason },
  });
  await appendCustody(trx, {
    atMs,
    candidateId,
    manifestHash,
    action: 'delete',
    actor: 'system',
    reason,
    from: 'console',
  });
  return true;
}

function toDuePackage(row: {
  readonly candidate_id: string;
  readonly manifest_hash: string | null;
  readonly sealed_at: Date | null;
}): DuePackage[] {
  return row.manifest_hash === null || row.sealed_at === null
    ? []
    : [{ candidateId: row.candidate_id, manifestHash: row.manifest_hash, sealedAt: row.sealed_at }];
}
