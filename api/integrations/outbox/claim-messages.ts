import { sql } from 'kysely';
import type { ConsoleContext } from '../../context.ts';
import type { Database, Row } from '../../database/tables.ts';

/** Within this an attempt has ended one way or the other; a message claimed longer is tried again, under the same id. */
const claimMs = 60_000;
const maxClaimed = 8;

/** The systems for which something is due. */
export async function listDueIntegrations(db: Database, now: Date): Promise<Row<'integration'>[]> {
  return db
    .selectFrom('integration')
    .selectAll()
    .where('state', '=', 'enabled')
    .where((where) =>
      where.exists(
        where
          .selectFrom('outbox_message')
          .select('outbox_message.id')
          .whereRef('outbox_message.integration_id', '=', 'integration.id')
          .where('outbox_message.state', '=', 'queued')
          .where('outbox_message.next_at', '<=', now),
      ),
    )
    .orderBy('id')
    .execute();
}

/**
 * Takes messages to one system that are due, of each key the first alone, so that a case's messages arrive in order. One console
 * takes each: the next attempt is put off before this one is made, and until it has ended nothing of the same key follows.
 */
export async function claimMessages(
  context: Pick<ConsoleContext, 'db' | 'nowMs'>,
  integrationId: string,
): Promise<Row<'outbox_message'>[]> {
  const now = new Date(context.nowMs());
  const claimed = await context.db
    .updateTable('outbox_message')
    .set((set) => ({ attempts: set('attempts', '+', 1), next_at: new Date(now.getTime() + claimMs) }))
    .where('id', 'in', (select) =>
      select
        .selectFrom('outbox_message as first')
        .select('first.id')
        .where('first.integration_id', '=', integrationId)
        .where('first.state', '=', 'queued')
        .where('first.next_at', '<=', now)
        .where(
          sql<boolean>`not exists (
            select 1 from outbox_message earlier
            where earlier.integration_id = first.integration_id and earlier.ordering_key = first.ordering_key
              and earlier.state = 'queued' and earlier.seq < first.seq)`,
        )
        .orderBy('first.seq')
        .limit(maxClaimed)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
  return claimed.toSorted((a, b) => a.seq - b.seq);
}
