import { appendAudit } from '../../audit/append-audit.ts';
import type { ConsoleContext } from '../../context.ts';
import type { DatabaseTransaction, Row } from '../../database/tables.ts';
import type { Delivery } from './deliver.ts';
import { maxAttempts, toRetryDelayMs } from './retry-plan.ts';

type Message = Row<'outbox_message'>;

/** What follows from a delivery in the same transaction, where somebody waits for it. */
export type Follow = (db: DatabaseTransaction, receipt: string | null) => Promise<void>;

/** Writes down what came of an attempt. A message that somebody has dropped or replayed in the meantime is left alone. */
export async function noteDelivery(
  context: ConsoleContext,
  message: Message,
  delivery: Delivery,
  follow: Follow | null = null,
): Promise<void> {
  await context.db.transaction().execute(async (db) => {
    if (delivery.result === 'delivered') await noteSuccess(context, db, message, delivery, follow);
    else await noteFailure(context, db, message, delivery);
  });
}

async function noteSuccess(
  context: ConsoleContext,
  db: DatabaseTransaction,
  message: Message,
  { status, receipt }: Extract<Delivery, { result: 'delivered' }>,
  follow: Follow | null,
): Promise<void> {
  const at = new Date(context.nowMs());
  const noted = await db
    .updateTable('outbox_message')
    .set({ state: 'delivered', ended_at: at, last_status: status, last_error: null, receipt })
    .where('id', '=', message.id)
    .where('state', '=', 'queued')
    .executeTakeFirst();
  await db
    .updateTable('integration')
    .set({ last_success_at: at })
    .where('id', '=', message.integration_id)
    .execute();
  if (noted.numUpdatedRows > 0n) await follow?.(db, receipt);
}

async function noteFailure(
  context: ConsoleContext,
  db: DatabaseTransaction,
  message: Message,
  { result, status, error, retryAfterMs }: Exclude<Delivery, { result: 'delivered' }>,
): Promise<void> {
  const nowMs = context.nowMs();
  const at = new Date(nowMs);
  const isLast = message.attempts >= maxAttempts;
  const delayMs = toRetryDelayMs(message.attempts, Math.random(), retryAfterMs);
  const noted = await db
    .updateTable('outbox_message')
    .set({
      last_status: status,
      last_error: error,
      ...(isLast ? { state: 'dead', ended_at: at } : { next_at: new Date(nowMs + delayMs) }),
    })
    .where('id', '=', message.id)
    .where('state', '=', 'queued')
    .executeTakeFirst();
  await db
    .updateTable('integration')
    .set({ last_failure_at: at, last_error: error })
    .where('id', '=', message.integration_id)
    .execute();
  if (result === 'gone') await disableGone(db, message.integration_id, nowMs);
  if (!isLast || noted.numUpdatedRows === 0n) return;
  context.logger.warn(
    { message: message.id, integration: message.integration_id, attempts: message.attempts, error },
    'a message was given up',
  );
  await appendAudit(db, {
    atMs: nowMs,
    actor: 'system',
    action: 'outbox.give_up',
    objectKind: 'outbox_message',
    objectId: message.id,
    result: 'refused',
    ip: null,
    details: { integration: message.integration_id, type: message.type, attempts: message.attempts, error },
  });
}

/** Who answers 410 wants no more of them. What waits stays, and goes out should it be enabled again. */
async function disableGone(db: DatabaseTransaction, id: string, nowMs: number): Promise<void> {
  const changed = await db
    .updateTable('integration')
    .set((set) => ({
      state: 'disabled',
      disabled_reason: 'the receiver answered 410 Gone',
      updated_at: new Date(nowMs),
      version: set('version', '+', 1),
    }))
    .where('id', '=', id)
    .where('state', '=', 'enabled')
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n) return;
  await appendAudit(db, {
    atMs: nowMs,
    actor: 'system',
    action: 'integration.disable',
    objectKind: 'integration',
    objectId: id,
    result: 'done',
    ip: null,
    details: { reason: '410 Gone' },
  });
}
