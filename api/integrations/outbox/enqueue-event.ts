import { sql } from 'kysely';
import { toZonedIso } from '../../../domain/mod.ts';
import type { ConsoleContext } from '../../context.ts';
import type { DatabaseTransaction } from '../../database/tables.ts';

export interface OutgoingEvent {
  /** `case.dispatch`, `candidate.confirmed`: what happened to what. */
  readonly type: string;
  /** What must go out in order: a case's number, a candidate's id. */
  readonly orderingKey: string;
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** The unit it concerns: who is connected for one unit hears of that unit's only. */
  readonly unitId?: string | null;
  /** Others that it concerns as well: they take part in the case's coordination. */
  readonly consultedUnitIds?: readonly string[];
}

/**
 * Puts an event into the outbox of everybody who wants it, in the caller's transaction: the act and the news of it stand or fall
 * together. One statement whoever is connected; nothing is written where nobody is.
 */
export async function enqueueEvent(
  context: Pick<ConsoleContext, 'timeZone'>,
  db: DatabaseTransaction,
  event: OutgoingEvent,
): Promise<void> {
  await insertEvent(context, event).execute(db);
}

/** The same as a write that goes with others. */
export function insertEvent({ timeZone }: Pick<ConsoleContext, 'timeZone'>, event: OutgoingEvent) {
  const { type, orderingKey, atMs, data, unitId = null, consultedUnitIds = [] } = event;
  const payload = { type, timestamp: toZonedIso(atMs, timeZone), data };
  const at = new Date(atMs);
  return sql`
    insert into outbox_message (integration_id, type, ordering_key, payload, created_at, next_at)
    select id, ${type}, ${orderingKey}, ${JSON.stringify(payload)}::jsonb, ${at}, ${at}
    from integration
    where state = 'enabled' and direction <> 'in' and url is not null
      and events && ${toPatterns(type)}::text[]
      and (unit_id is null or unit_id = ${unitId} or unit_id = any(${consultedUnitIds}::text[]))`;
}

/** Puts a message for one system into its outbox, whatever it takes otherwise; returns the message's id. */
export async function enqueueFor(
  { timeZone }: Pick<ConsoleContext, 'timeZone'>,
  db: DatabaseTransaction,
  integrationId: string,
  { type, orderingKey, atMs, data }: Omit<OutgoingEvent, 'unitId' | 'consultedUnitIds'>,
): Promise<string> {
  const at = new Date(atMs);
  const { id } = await db
    .insertInto('outbox_message')
    .values({
      integration_id: integrationId,
      type,
      ordering_key: orderingKey,
      payload: JSON.stringify({ type, timestamp: toZonedIso(atMs, timeZone), data }),
      created_at: at,
      next_at: at,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** What a filter may say to mean this type: itself, `case.*`, `*`. */
export function toPatterns(type: string): string[] {
  return [type, `${type.split('.')[0]}.*`, '*'];
}
