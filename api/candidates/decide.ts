import { type EvidenceCheck, evidenceChecks, XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import { createCase } from '../cases/create-case.ts';
import { findCaseSummary } from '../cases/find-case.ts';
import type { CaseSummary } from '../cases/schema.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';
import { findCandidate } from './find-candidate.ts';
import { lockCandidateRow, requireOwnLease, requireUndecided } from './lease.ts';
import type { CandidateDetail, ConfirmBody, RejectBody } from './schema.ts';

export interface Decider {
  readonly user: User;
  readonly ip: string;
}

/** Signs the four checks and makes the case: candidate, review, case, flow and audit in one transaction. */
export async function confirmCandidate(
  context: ConsoleContext,
  id: string,
  body: ConfirmBody,
  by: Decider,
): Promise<{ candidate: CandidateDetail; case: CaseSummary }> {
  const atMs = context.nowMs();
  return context.db.transaction().execute(async (db) => {
    const candidate = await lockForDecision(context, db, id, body.version, by.user);
    requireChecks(body.checks);
    const manifestHash = await findManifestHash(db, id);
    const note = body.note ?? null;
    await db
      .insertInto('review')
      .values({
        ...toReviewRow(candidate, manifestHash, by.user, atMs),
        result: 'confirmed',
        checks: JSON.stringify(body.checks),
        note,
      })
      .execute();
    await closeCandidate(db, candidate, 'confirmed');
    const level = body.level ?? 'normal';
    const caseNo = await createCase(context, db, {
      candidate,
      manifestHash,
      level,
      note,
      reviewer: by.user,
      atMs,
    });
    await auditDecision(db, 'candidate.confirm', id, by, atMs, {
      caseNo,
      level,
      manifestHash,
      checks: body.checks,
    });
    return {
      candidate: await findCandidate(context, db, id, by.user),
      case: await findCaseSummary(context, db, caseNo, by.user),
    };
  });
}

/** Turns a candidate down, with a reason that stays: candidate, review and audit in one transaction. */
export async function rejectCandidate(
  context: ConsoleContext,
  id: string,
  body: RejectBody,
  by: Decider,
): Promise<{ candidate: CandidateDetail }> {
  const atMs = context.nowMs();
  const { reason } = body;
  const note = body.note?.trim() ?? '';
  if (reason === 'other' && note === '')
    throw new XunjieError('bad_request', 'body.note: the reason "other" needs words', {
      details: { field: 'body.note' },
    });
  return context.db.transaction().execute(async (db) => {
    const candidate = await lockForDecision(context, db, id, body.version, by.user);
    const manifestHash = await findManifestHash(db, id);
    await db
      .insertInto('review')
      .values({
        ...toReviewRow(candidate, manifestHash, by.user, atMs),
        result: 'rejected',
        reason,
        note: note === '' ? null : note,
      })
      .execute();
    await closeCandidate(db, candidate, 'rejected');
    await auditDecision(db, 'candidate.reject', id, by, atMs, { reason, manifestHash });
    return { candidate: await findCandidate(context, db, id, by.user) };
  });
}

async function lockForDecision(
  context: ConsoleContext,
  db: DatabaseTransaction,
  id: string,
  version: number,
  user: User,
): Promise<Row<'candidate'>> {
  const candidate = await lockCandidateRow(db, id);
  await requireUndecided(context, db, candidate);
  await requireOwnLease(context, db, candidate, user);
  if (candidate.version !== version)
    throw new XunjieError(
      'conflict',
      `candidate ${id} has changed: it is at version ${candidate.version}, not ${version}`,
      {
        details: { version: candidate.version },
      },
    );
  return candidate;
}

function requireChecks(checks: Partial<Record<EvidenceCheck, boolean>>): void {
  const missing = evidenceChecks.filter((check) => checks[check] !== true);
  if (missing.length === 0) return;
  throw new XunjieError(
    'checks_missing',
    `not signed: ${missing.join(', ')}; all four checks must be true to confirm`,
    {
      details: { missing },
    },
  );
}

async function findManifestHash(db: DatabaseTransaction, id: string): Promise<string> {
  const evidence = await db
    .selectFrom('evidence')
    .select('manifest_hash')
    .where('candidate_id', '=', id)
    .executeTakeFirst();
  const manifestHash = evidence?.manifest_hash ?? null;
  if (manifestHash === null) throw new XunjieError('conflict', `candidate ${id} has no sealed evidence`);
  return manifestHash;
}

function toReviewRow(candidate: Row<'candidate'>, manifestHash: string, user: User, atMs: number) {
  return {
    candidate_id: candidate.id,
    reviewer_id: user.id,
    reviewer: user.username,
    manifest_hash: manifestHash,
    facts: JSON.stringify(candidate.facts),
    at: new Date(atMs),
  };
}

async function closeCandidate(
  db: DatabaseTransaction,
  candidate: Row<'candidate'>,
  state: 'confirmed' | 'rejected',
): Promise<void> {
  await db
    .updateTable('candidate')
    .set({ state, version: candidate.version + 1, lease_account_id: null, lease_until: null })
    .where('id', '=', candidate.id)
    .execute();
  await publishLive(db, { event: 'candidate', data: { id: candidate.id, state } });
}

function auditDecision(
  db: DatabaseTransaction,
  action: string,
  id: string,
  by: Decider,
  atMs: number,
  details: Record<string, unknown>,
): Promise<void> {
  const { user, ip } = by;
  return appendAudit(db, {
    atMs,
    actor: user.username,
    action,
    objectKind: 'candidate',
    objectId: id,
    result: 'done',
    ip,
    details,
  });
}
