import { XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { ConsoleContext } from '../context.ts';
import { enterQueue } from './enter-queue.ts';
import { findCandidate } from './find-candidate.ts';
import { lockCandidateRow } from './lease.ts';
import { type Decider, requireVersion } from './record-decision.ts';
import type { AppealBody, CandidateDetail } from './schema.ts';

/** A shift leader does not accept a rejection: it is reviewed once more. */
export async function appealRejection(
  context: ConsoleContext,
  id: string,
  body: AppealBody,
  by: Decider,
): Promise<{ candidate: CandidateDetail }> {
  return context.db.transaction().execute(async (db) => {
    const row = await lockCandidateRow(db, id);
    requireVersion(row, body.version);
    const open = await db
      .selectFrom('review')
      .select('id')
      .where('candidate_id', '=', id)
      .where('settled_at', 'is', null)
      .where('undone_at', 'is', null)
      .executeTakeFirst();
    if (row.state !== 'rejected' || row.blind_of !== null || open !== undefined)
      throw new XunjieError(
        'conflict',
        open === undefined
          ? `candidate ${id} is ${row.state}; only a rejection is appealed against`
          : `the reviewer may still take the decision on candidate ${id} back`,
        { details: { state: row.state, version: row.version } },
      );
    await enterQueue(context, db, row);
    await appendAudit(db, {
      atMs: context.nowMs(),
      actor: by.user.username,
      action: 'candidate.appeal',
      objectKind: 'candidate',
      objectId: id,
      result: 'done',
      ip: by.ip,
      details: { reason: body.reason },
    });
    return { candidate: await findCandidate(context, db, id, by.user) };
  });
}
