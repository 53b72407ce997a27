import { XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database } from '../database/tables.ts';
import { appendCustody } from './append-custody.ts';
import { checkText } from './check-text.ts';

export interface LegalHold {
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

/** The hold on a package, or `null`: of all holds and releases in its chain of custody the last one counts. */
export async function findHold(db: Database, manifestHash: string): Promise<LegalHold | null> {
  const last = await db
    .selectFrom('custody_entry')
    .select(['action', 'actor', 'reason', 'at'])
    .where('manifest_hash', '=', manifestHash)
    .where('action', 'in', ['hold', 'release'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.action === 'hold' ? { by: last.actor, reason: last.reason, at: last.at } : null;
}

export interface HoldChange {
  readonly manifestHash: string;
  readonly action: 'hold' | 'release';
  readonly reason: string;
  readonly user: User;
  readonly ip: string;
}

/**
 * Puts a package on hold, so that no policy deletes it, or releases it. Both are entries of its chain of custody, and nothing else:
 * whoever deletes looks there, under the same lock of the package's row. Rejects with `conflict` when it is so already, or when its
 * deletion has begun.
 */
export async function changeHold(
  { db, nowMs }: Pick<ConsoleContext, 'db' | 'nowMs'>,
  { manifestHash, action, reason, user, ip }: HoldChange,
): Promise<LegalHold | null> {
  checkText('body.reason', reason);
  const atMs = nowMs();
  return db.transaction().execute(async (trx) => {
    const evidence = await trx
      .selectFrom('evidence')
      .select(['candidate_id', 'items'])
      .where('manifest_hash', '=', manifestHash)
      .forUpdate()
      .executeTakeFirst();
    if (evidence === undefined)
      throw new XunjieError('not_found', `there is no evidence package ${manifestHash}`);
    if (evidence.items === null)
      throw new XunjieError('conflict', `package ${manifestHash} is deleted, or being deleted`);
    const hold = await findHold(trx, manifestHash);
    if (action === 'hold' && hold !== null)
      throw new XunjieError('conflict', `package ${manifestHash} is on hold already, by ${hold.by}`);
    if (action === 'release' && hold === null)
      throw new XunjieError('conflict', `package ${manifestHash} is not on hold`);
    await appendAudit(trx, {
      atMs,
      actor: user.username,
      action: `evidence.${action}`,
      objectKind: 'evidence',
      objectId: manifestHash,
      result: 'done',
      ip,
      details: { reason },
    });
    await appendCustody(trx, {
      atMs,
      candidateId: evidence.candidate_id,
      manifestHash,
      action,
      actor: user.username,
      unit: user.unit?.name ?? null,
      reason,
      from: ip,
    });
    return findHold(trx, manifestHash);
  });
}
