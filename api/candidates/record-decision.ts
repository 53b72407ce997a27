import { type EvidenceCheck, toZonedIso, XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';
import { lockCandidateRow, requireOwnLease, requireUndecided } from './lease.ts';
import { requireReviewer } from './require-reviewer.ts';
import { settleLocked } from './settle.ts';

export interface Decider {
  readonly user: User;
  readonly ip: string;
}

/** What a reviewer decides, beside what the candidate itself says. */
export type Decision = Pick<Row<'review'>, 'result' | 'note'> &
  Partial<
    Pick<Row<'review'>, 'reason' | 'level' | 'track' | 'driver_absent' | 'wants' | 'channel' | 'grace_ms'>
  > & { readonly checks?: Record<EvidenceCheck, boolean> };

const auditActions = {
  confirmed: 'candidate.confirm',
  rejected: 'candidate.reject',
  needs_evidence: 'candidate.ask_evidence',
  reminded: 'candidate.remind',
} as const;

/** Locks a candidate for a decision: it must be undecided, held by this user, and at the version that the user has seen. */
export async function lockForDecision(
  context: ConsoleContext,
  db: DatabaseTransaction,
  id: string,
  version: number,
  user: User,
): Promise<Row<'candidate'>> {
  const candidate = await lockCandidateRow(db, id);
  requireReviewer(candidate, user);
  await requireUndecided(context, db, candidate);
  await requireOwnLease(context, db, candidate, user);
  requireVersion(candidate, version);
  return candidate;
}

export function requireVersion(
  row: Pick<Row<'candidate'>, 'id' | 'state' | 'version'>,
  version: number,
): void {
  if (row.version === version) return;
  throw new XunjieError(
    'conflict',
    `candidate ${row.id} has changed: it is ${row.state} at version ${row.version}, not ${version}`,
    { details: { state: row.state, version: row.version } },
  );
}

/**
 * Writes a decision down and takes the candidate off the queue: candidate, review and audit in the caller's transaction. What
 * comes of it (a case, a reminder) happens when the undo window is over. Returns the review's id.
 */
export async function recordDecision(
  context: ConsoleContext,
  db: DatabaseTransaction,
  candidate: Row<'candidate'>,
  decision: Decision,
  by: Decider,
): Promise<string> {
  const atMs = context.nowMs();
  const effectiveAtMs = atMs + context.review.undoWindowMs;
  const manifestHash = await findManifestHash(db, candidate);
  const { checks, ...values } = decision;
  const { id: reviewId } = await db
    .insertInto('review')
    .values({
      candidate_id: candidate.id,
      reviewer_id: by.user.id,
      reviewer: by.user.username,
      manifest_hash: manifestHash,
      facts: JSON.stringify(candidate.facts),
      at: new Date(atMs),
      effective_at: new Date(effectiveAtMs),
      stage: candidate.stage,
      shown: candidate.lease_shown,
      ...values,
      checks: checks === undefined ? null : JSON.stringify(checks),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const after = { state: decision.result, version: candidate.version + 1 };
  await db
    .updateTable('candidate')
    .set({ ...after, lease_account_id: null, lease_until: null })
    .where('id', '=', candidate.id)
    .execute();
  await publishLive(db, { event: 'candidate', data: { id: candidate.id, state: decision.result } });
  const { result, note: _note, ...details } = decision;
  await appendAudit(db, {
    atMs,
    actor: by.user.username,
    action: auditActions[result],
    objectKind: 'candidate',
    objectId: candidate.id,
    result: 'done',
    ip: by.ip,
    details: {
      ...details,
      manifestHash,
      stage: candidate.stage,
      undoUntil: toZonedIso(effectiveAtMs, context.timeZone),
    },
  });
  if (context.review.undoWindowMs === 0)
    await settleLocked(context, db, { ...candidate, ...after, lease_account_id: null }, reviewId);
  return reviewId;
}

async function findManifestHash(db: DatabaseTransaction, candidate: Row<'candidate'>): Promise<string> {
  const evidence = await db
    .selectFrom('evidence')
    .select('manifest_hash')
    .where('candidate_id', '=', candidate.blind_of ?? candidate.id)
    .executeTakeFirst();
  const manifestHash = evidence?.manifest_hash ?? null;
  if (manifestHash === null)
    throw new XunjieError('conflict', `candidate ${candidate.id} has no sealed evidence`);
  return manifestHash;
}
