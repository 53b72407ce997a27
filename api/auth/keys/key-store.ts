import { type Static, Type } from 'typebox';
import { toZonedIso, XunjieError } from '../../../domain/mod.ts';
import { appendAudit } from '../../audit/append-audit.ts';
import type { ConsoleContext } from '../../context.ts';
import { IsoTime, Nullable } from '../../http/schema.ts';
import { requireGrids, requireUnits } from '../accounts/require-places.ts';
import { machineScopes } from '../permissions.ts';
import type { User } from '../user.ts';
import { makeKey } from './api-key.ts';

const dayMs = 86_400_000;
const defaultPerMinute = 120;
const Ids = Nullable(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 200 }));

export const KeyBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, description: 'Which system it is for' }),
    scopes: Type.Array(Type.Enum([...machineScopes]), { minItems: 1, maxItems: machineScopes.length }),
    days: Type.Integer({ minimum: 1, maximum: 730, description: 'Until it runs out' }),
    perMinute: Type.Optional(Type.Integer({ minimum: 1, maximum: 6000, default: defaultPerMinute })),
    limitUnitIds: Type.Optional(Ids),
    limitGridIds: Type.Optional(Ids),
  },
  { additionalProperties: false },
);
export type KeyBody = Static<typeof KeyBody>;

export const KeyView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** As the audit log and flow records name it. */
  actor: Type.String(),
  scopes: Type.Array(Type.Enum([...machineScopes])),
  perMinute: Type.Integer(),
  limitUnitIds: Ids,
  limitGridIds: Ids,
  createdBy: Type.String(),
  createdAt: IsoTime,
  expiresAt: IsoTime,
  lastUsedAt: Nullable(IsoTime),
  lastUsedIp: Nullable(Type.String()),
  revokedAt: Nullable(IsoTime),
  revokedBy: Nullable(Type.String()),
});
export type KeyView = Static<typeof KeyView>;

interface By {
  readonly user: User;
  readonly ip: string;
}

/** All keys, those in use first, newest first. */
export async function listKeys(
  { db, timeZone }: ConsoleContext,
  id: string | null = null,
): Promise<KeyView[]> {
  const rows = await db
    .selectFrom('api_key')
    .innerJoin('account', 'account.id', 'api_key.account_id')
    .selectAll('api_key')
    .select(['account.username', 'account.display_name', 'account.limit_unit_ids', 'account.limit_grid_ids'])
    .$if(id !== null, (query) => query.where('api_key.id', '=', id ?? ''))
    .orderBy((order) => order('revoked_at', 'is not', null))
    .orderBy('api_key.created_at', 'desc')
    .orderBy('api_key.id')
    .limit(1000)
    .execute();
  const toIso = (at: Date) => toZonedIso(at.getTime(), timeZone);
  return rows.map((row) => ({
    id: row.id,
    name: row.display_name,
    actor: row.username,
    scopes: row.scopes,
    perMinute: row.per_minute,
    limitUnitIds: row.limit_unit_ids,
    limitGridIds: row.limit_grid_ids,
    createdBy: row.created_by,
    createdAt: toIso(row.created_at),
    expiresAt: toIso(row.expires_at),
    lastUsedAt: row.last_used_at && toIso(row.last_used_at),
    lastUsedIp: row.last_used_ip,
    revokedAt: row.revoked_at && toIso(row.revoked_at),
    revokedBy: row.revoked_by,
  }));
}

/** Makes a key. `token` is in this answer and nowhere else. */
export async function createKey(
  context: ConsoleContext,
  body: KeyBody,
  { user, ip }: By,
): Promise<{ key: KeyView; token: string }> {
  const atMs = context.nowMs();
  const { id, token, secretHash } = makeKey();
  const limits = { limitUnitIds: body.limitUnitIds ?? null, limitGridIds: body.limitGridIds ?? null };
  const scopes = [...new Set(body.scopes)];
  await context.db.transaction().execute(async (db) => {
    await requireUnits(db, 'limitUnitIds', limits.limitUnitIds);
    await requireGrids(db, 'limitGridIds', limits.limitGridIds);
    const account = await db
      .insertInto('account')
      .values({
        username: `key:${id}`,
        display_name: body.name.trim(),
        kind: 'machine',
        roles: [],
        limit_unit_ids: limits.limitUnitIds,
        limit_grid_ids: limits.limitGridIds,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await db
      .insertInto('api_key')
      .values({
        id,
        account_id: account.id,
        secret_hash: secretHash,
        scopes,
        per_minute: body.perMinute ?? defaultPerMinute,
        created_by: user.username,
        created_at: new Date(atMs),
        expires_at: new Date(atMs + body.days * dayMs),
      })
      .execute();
    await appendAudit(db, {
      atMs,
      actor: user.username,
      action: 'key.make',
      objectKind: 'api_key',
      objectId: id,
      result: 'done',
      ip,
      details: { name: body.name, scopes, days: body.days, ...limits },
    });
  });
  return { key: await requireKey(context, id), token };
}

/** Revokes a key at once and for good. Revoked again it stays as it was. */
export async function revokeKey(context: ConsoleContext, id: string, { user, ip }: By): Promise<KeyView> {
  await requireKey(context, id);
  const atMs = context.nowMs();
  await context.db.transaction().execute(async (db) => {
    const revoked = await db
      .updateTable('api_key')
      .set({ revoked_at: new Date(atMs), revoked_by: user.username })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow();
    if (revoked.numUpdatedRows === 0n) return;
    await appendAudit(db, {
      atMs,
      actor: user.username,
      action: 'key.revoke',
      objectKind: 'api_key',
      objectId: id,
      result: 'done',
      ip,
    });
  });
  return requireKey(context, id);
}

async function requireKey(context: ConsoleContext, id: string): Promise<KeyView> {
  const [key] = await listKeys(context, id);
  if (key === undefined) throw new XunjieError('not_found', `there is no key ${id}`);
  return key;
}
