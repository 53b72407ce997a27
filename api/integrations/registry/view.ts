import { sql } from 'kysely';
import { XunjieError } from '../../../domain/mod.ts';
import { toIso } from '../../cases/view.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Database, Row } from '../../database/tables.ts';
import type { IntegrationView } from './schema.ts';

/** How many heartbeats may be missed. */
const missedBeats = 2;

interface Figures {
  readonly unit_name: string | null;
  readonly queued: number;
  readonly dead: number;
  readonly oldest: Date | null;
  readonly failed_in: number;
}

export async function listIntegrations(context: ConsoleContext, db: Database): Promise<IntegrationView[]> {
  const rows = await select(db).orderBy('integration.id').execute();
  return rows.map((row) => toView(context, row));
}

export async function findIntegration(
  context: ConsoleContext,
  db: Database,
  id: string,
): Promise<IntegrationView> {
  const row = await select(db).where('integration.id', '=', id).executeTakeFirst();
  if (row === undefined) throw noIntegration(id);
  return toView(context, row);
}

export function noIntegration(id: string): XunjieError {
  return new XunjieError('not_found', `there is no integration ${id}`);
}

function select(db: Database) {
  const messages = sql`outbox_message where outbox_message.integration_id = integration.id`;
  return db
    .selectFrom('integration')
    .leftJoin('unit', 'unit.id', 'integration.unit_id')
    .selectAll('integration')
    .select([
      'unit.name as unit_name',
      sql<number>`(select count(*) from ${messages} and state = 'queued')`.as('queued'),
      sql<number>`(select count(*) from ${messages} and state = 'dead')`.as('dead'),
      sql<Date | null>`(select min(created_at) from ${messages} and state = 'queued')`.as('oldest'),
      sql<number>`(select count(*) from inbox_message
        where inbox_message.integration_id = integration.id and state = 'failed')`.as('failed_in'),
    ]);
}

function toView(context: ConsoleContext, row: Row<'integration'> & Figures): IntegrationView {
  const { timeZone } = context;
  const nowMs = context.nowMs();
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    direction: row.direction,
    url: row.url,
    events: row.events,
    accepts: row.accepts,
    unit: row.unit_id === null ? null : { id: row.unit_id, name: row.unit_name ?? row.unit_id },
    settings: row.settings,
    state: row.state,
    disabledReason: row.disabled_reason,
    version: row.version,
    health: {
      state: toHealth(row, nowMs),
      lastSuccessAt: toIso(row.last_success_at, timeZone),
      lastFailureAt: toIso(row.last_failure_at, timeZone),
      lastError: row.last_error,
      heartbeatAt: toIso(row.heartbeat_at, timeZone),
      heartbeatSeconds: row.heartbeat_every_ms === null ? null : row.heartbeat_every_ms / 1000,
      queued: row.queued,
      dead: row.dead,
      lagSeconds: row.oldest === null ? 0 : Math.max(0, Math.floor((nowMs - row.oldest.getTime()) / 1000)),
      failedIn: row.failed_in,
    },
  };
}

function toHealth(row: Row<'integration'> & Figures, nowMs: number): IntegrationView['health']['state'] {
  if (row.state === 'disabled') return 'disabled';
  const successMs = row.last_success_at?.getTime() ?? Number.NEGATIVE_INFINITY;
  const failureMs = row.last_failure_at?.getTime() ?? Number.NEGATIVE_INFINITY;
  if (failureMs > successMs || row.dead > 0) return 'failing';
  if (row.heartbeat_every_ms !== null) {
    const sinceMs = (row.heartbeat_at ?? row.created_at).getTime();
    if (nowMs - sinceMs > missedBeats * row.heartbeat_every_ms) return 'late';
  }
  return row.last_success_at === null && row.heartbeat_at === null ? 'unknown' : 'ok';
}
