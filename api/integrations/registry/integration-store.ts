import { XunjieError } from '../../../domain/mod.ts';
import { appendAudit } from '../../audit/append-audit.ts';
import type { User } from '../../auth/user.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Database, DatabaseTransaction, Row } from '../../database/tables.ts';
import { enqueueFor } from '../outbox/enqueue-event.ts';
import type { ChangedIntegration, NewIntegration } from './schema.ts';
import { makeSecret } from './secret.ts';
import { noIntegration } from './view.ts';

export interface Editor {
  readonly user: User;
  readonly ip: string;
}

/** How long the secret before holds beside a new one. */
const oldSecretMs = 24 * 3_600_000;

/** Connects a system; returns its secret, which nobody sees again. */
export async function addIntegration(
  context: ConsoleContext,
  entered: NewIntegration,
  by: Editor,
): Promise<string> {
  const { id, secret: given } = entered;
  const values = await toValues(context, context.db, entered);
  const { secret, stored } = makeSecret(context, id, given);
  const at = new Date(context.nowMs());
  await context.db.transaction().execute(async (db) => {
    const added = await db
      .insertInto('integration')
      .values({
        id,
        ...values,
        settings: JSON.stringify(values.settings),
        ...stored,
        state: 'enabled',
        created_by: by.user.username,
        created_at: at,
        updated_at: at,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (added === undefined) throw new XunjieError('conflict', `there is already an integration ${id}`);
    await audit(context, db, 'add', id, by, { kind: entered.kind, url: values.url });
  });
  return secret;
}

export async function changeIntegration(
  context: ConsoleContext,
  id: string,
  { version, ...entered }: ChangedIntegration,
  by: Editor,
): Promise<void> {
  const values = await toValues(context, context.db, entered);
  await changeLocked(context, id, by, 'change', { kind: entered.kind, url: values.url }, (before) => {
    if (before.version !== version)
      throw new XunjieError(
        'conflict',
        `integration ${id} has changed: it is at version ${before.version}, not ${version}`,
        { details: { version: before.version } },
      );
    return { ...values, settings: JSON.stringify(values.settings) };
  });
}

export async function switchIntegration(
  context: ConsoleContext,
  id: string,
  state: 'enabled' | 'disabled',
  reason: string | null,
  by: Editor,
): Promise<void> {
  const action = state === 'enabled' ? 'enable' : 'disable';
  await changeLocked(context, id, by, action, { reason }, () => ({ state, disabled_reason: reason }));
}

/** A new secret; the one before holds for a day more, so that the other side can change over at leisure. */
export async function rotateSecret(context: ConsoleContext, id: string, by: Editor): Promise<string> {
  const { secret, stored } = makeSecret(context, id);
  await changeLocked(context, id, by, 'rotate_secret', {}, (before) => ({
    ...stored,
    old_secret: before.secret,
    old_secret_key_id: before.secret_key_id,
    old_secret_until: new Date(context.nowMs() + oldSecretMs),
  }));
  return secret;
}

/** Takes a system away with all its messages. */
export async function deleteIntegration(context: ConsoleContext, id: string, by: Editor): Promise<void> {
  await context.db.transaction().execute(async (db) => {
    const gone = await db.deleteFrom('integration').where('id', '=', id).returning('id').executeTakeFirst();
    if (gone === undefined) throw noIntegration(id);
    await audit(context, db, 'delete', id, by, {});
  });
}

/** Sends a message that means nothing, to try the connection, whatever the filter says. */
export async function pingIntegration(context: ConsoleContext, id: string, by: Editor): Promise<void> {
  await context.db.transaction().execute(async (db) => {
    const row = await lock(db, id);
    if (row.state === 'disabled' || row.url === null || row.direction === 'in')
      throw new XunjieError(
        'conflict',
        `nothing goes out to ${id}: it is disabled, inbound, or has no address`,
      );
    await enqueueFor(context, db, id, {
      type: 'integration.ping',
      orderingKey: `ping:${id}`,
      atMs: context.nowMs(),
      data: { integration: id },
    });
    await audit(context, db, 'ping', id, by, {});
  });
}

async function changeLocked(
  context: ConsoleContext,
  id: string,
  by: Editor,
  action: string,
  details: Record<string, unknown>,
  toChange: (before: Row<'integration'>) => object,
): Promise<void> {
  await context.db.transaction().execute(async (db) => {
    const before = await lock(db, id);
    await db
      .updateTable('integration')
      .set({ ...toChange(before), version: before.version + 1, updated_at: new Date(context.nowMs()) })
      .where('id', '=', id)
      .execute();
    await audit(context, db, action, id, by, details);
  });
}

async function lock(db: DatabaseTransaction, id: string): Promise<Row<'integration'>> {
  const row = await db
    .selectFrom('integration')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw noIntegration(id);
  return row;
}

/** Checks what was entered, the address above all. */
async function toValues(
  context: ConsoleContext,
  db: Database,
  entered: Omit<NewIntegration, 'id' | 'secret'>,
) {
  const { name, kind, direction, url = null, events = [], accepts = [], unit = null } = entered;
  const { settings = {}, heartbeatSeconds = null } = entered;
  const refuse = (field: string, why: string) =>
    new XunjieError('bad_request', `body.${field}: ${why}`, { details: { field: `body.${field}` } });
  if (url !== null) context.addressGuard.checkUrl(url, 'body.url');
  if (direction !== 'in' && url === null)
    throw refuse('url', 'where something goes out, an address is needed');
  const text = JSON.stringify(settings);
  if (text.length > 16_384) throw refuse('settings', 'longer than 16 KiB');
  if (/\\u(?:0000|d[89a-f])/i.test(text)) throw refuse('settings', 'holds a character that cannot be kept');
  if (unit !== null) {
    const known = await db.selectFrom('unit').select('id').where('id', '=', unit).executeTakeFirst();
    if (known === undefined) throw refuse('unit', `there is no unit ${unit}`);
  }
  return {
    name,
    kind,
    direction,
    url,
    events,
    accepts,
    unit_id: unit,
    settings,
    heartbeat_every_ms: heartbeatSeconds === null ? null : heartbeatSeconds * 1000,
  };
}

function audit(
  context: ConsoleContext,
  db: DatabaseTransaction,
  action: string,
  id: string,
  { user, ip }: Editor,
  details: Record<string, unknown>,
): Promise<void> {
  return appendAudit(db, {
    atMs: context.nowMs(),
    actor: user.username,
    action: `integration.${action}`,
    objectKind: 'integration',
    objectId: id,
    result: 'done',
    ip,
    details,
  });
}
