import { toMessage, XunjieError } from '../../../domain/mod.ts';
import type { ConsoleContext } from '../../context.ts';
import type { InboxState } from '../../database/integration-tables.ts';
import type { DatabaseTransaction, Row } from '../../database/tables.ts';
import { toPatterns } from '../outbox/enqueue-event.ts';
import { applyMessage } from './apply-message.ts';

export interface IncomingMessage {
  /** The sender's own; the same again is the same message. */
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Taken {
  readonly state: InboxState;
  readonly result: string;
  /** It had been taken before; nothing happened now. */
  readonly isRepeated: boolean;
}

/**
 * Takes a message of another system once: what it does and that it has come stand in one transaction, so that a sender may repeat it
 * until it hears an answer. `refused`: it is wrong and would be again; `failed`: it is our fault, and a repetition tries again.
 */
export async function takeMessage(
  context: ConsoleContext,
  from: Row<'integration'>,
  message: IncomingMessage,
): Promise<Taken> {
  const at = new Date(context.nowMs());
  const row = {
    integration_id: from.id,
    message_id: message.id,
    type: message.type,
    payload: JSON.stringify(message.data),
    received_at: at,
  };
  const attempt = await attemptMessage(context, async (db) => {
    const inserted = await db
      .insertInto('inbox_message')
      .values({ ...row, state: 'failed', attempts: 0, handled_at: null, result: null })
      .onConflict((conflict) => conflict.columns(['integration_id', 'message_id']).doNothing())
      .returning('message_id')
      .executeTakeFirst();
    if (inserted === undefined) {
      const before = await lockMessage(db, from.id, message.id);
      if (before.state !== 'failed')
        return { state: before.state, result: before.result ?? '', isRepeated: true };
    }
    const result = await apply(context, db, from, message);
    await noteResult(db, from.id, message.id, { state: 'applied', result, at });
    return { state: 'applied', result, isRepeated: false };
  });
  if (!(attempt instanceof Error)) return attempt;
  // The transaction is gone with all that it did; that the message came, and why not, is kept by itself.
  const failed = toFailure(context, from, message, attempt);
  await context.db
    .insertInto('inbox_message')
    .values({ ...row, ...failed, handled_at: at })
    .onConflict((conflict) =>
      conflict.columns(['integration_id', 'message_id']).doUpdateSet((set) => ({
        ...failed,
        handled_at: at,
        attempts: set('inbox_message.attempts', '+', 1),
      })),
    )
    .execute();
  return { ...failed, isRepeated: false };
}

/** Applies a message once more that was refused or failed, as it came. */
export async function replayInbox(
  context: ConsoleContext,
  from: Row<'integration'>,
  messageId: string,
): Promise<Taken> {
  const at = new Date(context.nowMs());
  let message: IncomingMessage | null = null;
  const attempt = await attemptMessage(context, async (db) => {
    const before = await lockMessage(db, from.id, messageId);
    if (before.state === 'applied')
      throw new XunjieError('conflict', `message ${messageId} of ${from.id} has been applied`);
    message = { id: messageId, type: before.type, data: before.payload as IncomingMessage['data'] };
    const result = await apply(context, db, from, message);
    await noteResult(db, from.id, messageId, { state: 'applied', result, at });
    return { state: 'applied', result, isRepeated: false };
  });
  if (!(attempt instanceof Error)) return attempt;
  if (message === null) throw attempt;
  const failed = toFailure(context, from, message, attempt);
  await noteResult(context.db, from.id, messageId, { ...failed, at });
  return { ...failed, isRepeated: false };
}

async function attemptMessage(
  context: ConsoleContext,
  work: (db: DatabaseTransaction) => Promise<Taken>,
): Promise<Taken | Error> {
  try {
    return await context.db.transaction().execute(work);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function apply(
  context: ConsoleContext,
  db: DatabaseTransaction,
  from: Row<'integration'>,
  message: IncomingMessage,
): Promise<string> {
  const now = new Date(context.nowMs());
  const isWanted =
    message.type === 'heartbeat' ||
    toPatterns(message.type).some((pattern) => from.accepts.includes(pattern));
  if (!isWanted) throw new XunjieError('bad_request', `${from.id} may not send ${message.type}`);
  const result = await applyMessage(context, db, from, message);
  await db
    .updateTable('integration')
    .set({ heartbeat_at: now, last_success_at: now })
    .where('id', '=', from.id)
    .execute();
  return result;
}

function toFailure(
  context: ConsoleContext,
  from: Row<'integration'>,
  message: IncomingMessage,
  error: Error,
): { state: 'refused' | 'failed'; result: string } {
  if (error instanceof XunjieError && error.status < 500)
    return { state: 'refused', result: error.message.slice(0, 500) };
  context.logger.error(
    { integration: from.id, message: message.id, type: message.type, error: toMessage(error) },
    'a message of another system could not be applied',
  );
  return { state: 'failed', result: 'it could not be applied; the log says more' };
}

async function lockMessage(
  db: DatabaseTransaction,
  integrationId: string,
  messageId: string,
): Promise<Row<'inbox_message'>> {
  const row = await db
    .selectFrom('inbox_message')
    .selectAll()
    .where('integration_id', '=', integrationId)
    .where('message_id', '=', messageId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined)
    throw new XunjieError('not_found', `there is no message ${messageId} of ${integrationId}`);
  return row;
}

async function noteResult(
  db: ConsoleContext['db'],
  integrationId: string,
  messageId: string,
  { state, result, at }: { readonly state: InboxState; readonly result: string; readonly at: Date },
): Promise<void> {
  await db
    .updateTable('inbox_message')
    .set((set) => ({ state, result, handled_at: at, attempts: set('attempts', '+', 1) }))
    .where('integration_id', '=', integrationId)
    .where('message_id', '=', messageId)
    .execute();
}
