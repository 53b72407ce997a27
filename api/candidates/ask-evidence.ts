import { XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { ConsoleContext } from '../context.ts';
import type { EvidenceRequest } from '../database/review-tables.ts';
import type { DatabaseTransaction } from '../database/tables.ts';
import { requireNotKept } from './blind-sight.ts';
import { decide } from './decide.ts';
import { enterQueue } from './enter-queue.ts';
import { findCandidate } from './find-candidate.ts';
import { isHiddenFrom } from './is-hidden-from.ts';
import { lockCandidateRow } from './lease.ts';
import { noCandidate } from './no-candidate.ts';
import type { Decider } from './record-decision.ts';
import type { AnswerEvidenceBody, AskEvidenceBody, CandidateDetail } from './schema.ts';

/** Sets a candidate aside until there is more to go by. */
export async function askEvidence(
  context: ConsoleContext,
  id: string,
  body: AskEvidenceBody,
  by: Decider,
): Promise<{ candidate: CandidateDetail }> {
  const decision = { result: 'needs_evidence', wants: body.wants, note: body.note ?? null } as const;
  await decide(context, { id, version: body.version, by, hold: 'own', judge: async () => decision });
  return { candidate: await findCandidate(context, context.db, id, by.user) };
}

/** What was asked for has come (another camera, a visit to the place): the candidate is up for review again. */
export async function answerEvidence(
  context: ConsoleContext,
  id: string,
  body: AnswerEvidenceBody,
  by: Decider,
): Promise<{ id: string; state: 'pending_review' }> {
  await context.db.transaction().execute(async (db) => {
    const row = await lockCandidateRow(db, id);
    if (isHiddenFrom(row, by.user)) throw noCandidate(id);
    await requireNotKept(db, id, by.user);
    const request = row.evidence_request;
    if (row.state !== 'needs_evidence' || request === null)
      throw new XunjieError('conflict', `candidate ${id} is ${row.state}; no evidence is asked for`, {
        details: { state: row.state, version: row.version },
      });
    await bringBack(context, db, row, request, { by: by.user.username, note: body.note });
    await appendAudit(db, {
      atMs: context.nowMs(),
      actor: by.user.username,
      action: 'candidate.answer_evidence',
      objectKind: 'candidate',
      objectId: id,
      result: 'done',
      ip: by.ip,
      details: { wants: request.wants, note: body.note },
    });
  });
  return { id, state: 'pending_review' };
}

/** The rules have seen more of a stay: one that was set aside for a longer dwell comes back when it is long enough, or over. */
export async function answerLongerDwell(
  context: ConsoleContext,
  db: DatabaseTransaction,
  candidateId: string,
): Promise<void> {
  const row = await lockCandidateRow(db, candidateId);
  const request = row.evidence_request;
  if (row.state !== 'needs_evidence' || request === null || request.untilDwellMs === null) return;
  const hasEnded = row.to_at !== null;
  if (row.dwell_ms < request.untilDwellMs && !hasEnded) return;
  const seconds = Math.round(row.dwell_ms / 1000);
  const note = hasEnded ? `the stay has ended after ${seconds} s` : `the stay has lasted ${seconds} s`;
  await bringBack(context, db, row, request, { by: 'rules', note });
}

function bringBack(
  context: ConsoleContext,
  db: DatabaseTransaction,
  row: { readonly id: string; readonly version: number },
  request: EvidenceRequest,
  answer: { readonly by: string; readonly note: string },
): Promise<void> {
  const answered: EvidenceRequest = { ...request, answer: { ...answer, atMs: context.nowMs() } };
  return enterQueue(context, db, row, { evidence_request: JSON.stringify(answered) });
}
