import { appendAudit } from '../audit/append-audit.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';
import { toPenaltyLimitMs } from './enter-queue.ts';

const maxPerTurn = 200;

/**
 * Sees to candidates whose limit has run out: one that waits for review is escalated first and expires after as long again; one
 * that waits for evidence expires. What somebody holds is left to them.
 */
export async function applyLimits(context: ConsoleContext): Promise<number> {
  return context.db.transaction().execute(async (db) => {
    const late = await db
      .selectFrom('candidate')
      .selectAll()
      .where('state', 'in', ['pending_review', 'needs_evidence'])
      .where('limit_at', '<=', new Date(context.nowMs()))
      .orderBy('limit_at')
      .limit(maxPerTurn)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const row of late)
      if (row.state === 'pending_review' && row.escalated_at === null) await escalate(context, db, row);
      else await expire(context, db, row);
    return late.length;
  });
}

async function escalate(
  context: ConsoleContext,
  db: DatabaseTransaction,
  row: Row<'candidate'>,
): Promise<void> {
  const nowMs = context.nowMs();
  const limitMs =
    row.stage === 2 ? await toPenaltyLimitMs(context, db, nowMs) : nowMs + context.review.managementLimitMs;
  await db
    .updateTable('candidate')
    .set({ escalated_at: new Date(nowMs), limit_at: new Date(limitMs) })
    .where('id', '=', row.id)
    .execute();
  await publishLive(db, { event: 'candidate', data: { id: row.id, state: row.state } });
  await auditLimit(context, db, row, 'candidate.escalate');
}

async function expire(
  context: ConsoleContext,
  db: DatabaseTransaction,
  row: Row<'candidate'>,
): Promise<void> {
  await db
    .updateTable('candidate')
    .set({ state: 'expired', version: row.version + 1, limit_at: null })
    .where('id', '=', row.id)
    .execute();
  await publishLive(db, { event: 'candidate', data: { id: row.id, state: 'expired' } });
  await auditLimit(context, db, row, 'candidate.expire');
}

function auditLimit(
  context: ConsoleContext,
  db: DatabaseTransaction,
  row: Row<'candidate'>,
  action: string,
): Promise<void> {
  return appendAudit(db, {
    atMs: context.nowMs(),
    actor: 'system',
    action,
    objectKind: 'candidate',
    objectId: row.id,
    result: 'done',
    ip: null,
    details: { state: row.state, stage: row.stage, limitAt: row.limit_at?.toISOString() ?? null },
  });
}
