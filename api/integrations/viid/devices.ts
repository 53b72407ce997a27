import type { ConsoleContext } from '../../context.ts';
import type { Row } from '../../database/tables.ts';

/** A device that says nothing for this long must register again. */
const silentMs = 5 * 60_000;

export async function registerDevice(
  { db, nowMs }: ConsoleContext,
  integrationId: string,
  deviceId: string,
  ip: string,
): Promise<void> {
  const at = new Date(nowMs());
  const values = { integration_id: integrationId, ip, registered_at: at, seen_at: at };
  await db
    .insertInto('alarm_device')
    .values({ device_id: deviceId, ...values })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet(values))
    .execute();
  await db.updateTable('integration').set({ heartbeat_at: at }).where('id', '=', integrationId).execute();
}

/** The system behind a device that has registered from this address and is not silent; marks it as alive. */
export async function findRegistered(
  { db, nowMs }: ConsoleContext,
  deviceId: string,
  ip: string,
): Promise<Row<'integration'> | null> {
  const now = nowMs();
  const seen = await db
    .updateTable('alarm_device')
    .set({ seen_at: new Date(now) })
    .where('device_id', '=', deviceId)
    .where('ip', '=', ip)
    .where('seen_at', '>', new Date(now - silentMs))
    .returning('integration_id')
    .executeTakeFirst();
  if (seen === undefined) return null;
  const row = await db
    .updateTable('integration')
    .set({ heartbeat_at: new Date(now) })
    .where('id', '=', seen.integration_id)
    .where('state', '=', 'enabled')
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function forgetDevice({ db }: ConsoleContext, deviceId: string): Promise<void> {
  await db.deleteFrom('alarm_device').where('device_id', '=', deviceId).execute();
}
