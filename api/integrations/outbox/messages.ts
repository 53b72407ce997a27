import { sql } from 'kysely';
import { type Static, Type } from 'typebox';
import { XunjieError } from '../../../domain/mod.ts';
import { appendAudit } from '../../audit/append-audit.ts';
import { toIso } from '../../cases/view.ts';
import type { ConsoleContext } from '../../context.ts';
import type { OutboxState } from '../../database/integration-tables.ts';
import type { Row } from '../../database/tables.ts';
import { decodeCursor, encodeCursor } from '../../http/cursor.ts';
import { IsoTime, Nullable } from '../../http/schema.ts';
import type { Editor } from '../registry/integration-store.ts';

export const outboxStates = ['queued', 'delivered', 'dead', 'dropped'] as const satisfies OutboxState[];

const summary = {
  id: Type.String({ description: 'The idempotency key that the receiver sees as webhook-id' }),
  integration: Type.String(),
  type: Type.String(),
  orderingKey: Type.String(),
  state: Type.Enum([...outboxStates]),
  attempts: Type.Integer(),
  createdAt: IsoTime,
  nextAt: Nullable(IsoTime),
  endedAt: Nullable(IsoTime),
  lastStatus: Nullable(Type.Integer()),
  lastError: Nullable(Type.String()),
  receipt: Nullable(Type.String()),
  decidedBy: Nullable(Type.String()),
  decidedReason: Nullable(Type.String()),
};
export const OutboxMessage = Type.Object(summary);
export type OutboxMessage = Static<typeof OutboxMessage>;
export const OutboxMessageDetail = Type.Object({
  ...summary,
  payload: Type.Object({
    type: Type.String(),
    timestamp: Type.String(),
    data: Type.Record(Type.String(), Type.Unknown()),
  }),
});

export async function listOutbox(
  { db, timeZone }: ConsoleContext,
  filter: {
    readonly states: readonly OutboxState[] | null;
    readonly integration: string | null;
    readonly limit: number;
    readonly cursor: string | null;
  },
): Promise<{ items: OutboxMessage[]; total: number; nextCursor: string | null }> {
  const { states, integration, limit, cursor } = filter;
  const isWanted = sql<boolean>`(${states}::text[] is null or state = any(${states}))
    and (${integration}::text is null or integration_id = ${integration})`;
  const { total } = await db
    .selectFrom('outbox_message')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where(isWanted)
    .executeTakeFirstOrThrow();
  let query = db.selectFrom('outbox_message').selectAll().where(isWanted);
  if (cursor !== null) query = query.where('seq', '<', Number(decodeCursor(cursor, ['number'])[0]));
  const rows = await query
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => toView(row, timeZone)),
    total,
    nextCursor: rows.length <= limit || last === undefined ? null : encodeCursor([last.seq]),
  };
}

export async function findOutboxMessage({ db, timeZone }: ConsoleContext, id: string) {
  const row = await db.selectFrom('outbox_message').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw noMessage(id);
  return { ...toView(row, timeZone), payload: row.payload };
}

/** Queues a message that was given up or dropped once more, from the first attempt on and under its old id. */
export async function replayMessage(context: ConsoleContext, id: string, by: Editor): Promise<void> {
  await decide(context, id, ['dead', 'dropped'], 'replay', null, by, {
    state: 'queued',
    attempts: 0,
    next_at: new Date(context.nowMs()),
    ended_at: null,
    last_error: null,
  });
}

/** Takes a message out of the way: it is not sent any more, and says why. */
export async function dropMessage(
  context: ConsoleContext,
  id: string,
  reason: string,
  by: Editor,
): Promise<void> {
  await decide(context, id, ['dead', 'queued'], 'drop', reason, by, {
    state: 'dropped',
    ended_at: new Date(context.nowMs()),
  });
}

async function decide(
  context: ConsoleContext,
  id: string,
  from: OutboxState[],
  action: 'replay' | 'drop',
  reason: string | null,
  { user, ip }: Editor,
  change: object,
): Promise<void> {
  await context.db.transaction().execute(async (db) => {
    const row = await db
      .selectFrom('outbox_message')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) throw noMessage(id);
    if (!from.includes(row.state))
      throw new XunjieError(
        'conflict',
        `message ${id} is ${row.state}; ${action} needs it to be ${from.join(' or ')}`,
        { details: { state: row.state } },
      );
    await db
      .updateTable('outbox_message')
      .set({ ...change, decided_by: user.username, decided_reason: reason })
      .where('id', '=', id)
      .execute();
    await appendAudit(db, {
      atMs: context.nowMs(),
      actor: user.username,
      action: `outbox.${action}`,
      objectKind: 'outbox_message',
      objectId: id,
      result: 'done',
      ip,
      details: { integration: row.integration_id, type: row.type, reason },
    });
  });
}

function noMessage(id: string): XunjieError {
  return new XunjieError('not_found', `there is no message ${id} in the outbox`);
}

function toView(row: Row<'outbox_message'>, timeZone: string): OutboxMessage {
  return {
    id: row.id,
    integration: row.integration_id,
    type: row.type,
    orderingKey: row.ordering_key,
    state: row.state,
    attempts: row.attempts,
    createdAt: toIso(row.created_at, timeZone) ?? '',
    nextAt: row.state === 'queued' ? toIso(row.next_at, timeZone) : null,
    endedAt: toIso(row.ended_at, timeZone),
    lastStatus: row.last_status,
    lastError: row.last_error,
    receipt: row.receipt,
    decidedBy: row.decided_by,
    decidedReason: row.decided_reason,
  };
}
