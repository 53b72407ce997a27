import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ConsoleContext } from '../../context.ts';
import type { MachineScope } from '../permissions.ts';
import { toMachineReach } from '../reach.ts';
import { hashToken } from '../session-store.ts';
import type { User } from '../user.ts';

/** How stale `last_used_at` may be: not every request writes. */
const touchMs = 60_000;
const keyPattern = /^xj_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** Another system, by its key. */
export interface Machine {
  readonly keyId: string;
  readonly user: User;
  readonly scopes: readonly MachineScope[];
  readonly perMinute: number;
}

/** A fresh key: `token` is shown once and never kept; its 256 random bits need no slow hash. */
export function makeKey(): { readonly id: string; readonly token: string; readonly secretHash: string } {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { id, token: `xj_${id}_${secret}`, secretHash: hashToken(secret) };
}

/** The key that a request carries, as `Authorization: Bearer xj_…` or `X-Api-Key: xj_…`; `null` for none. */
export function readKeyToken(headers: IncomingHttpHeaders): string | null {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const plain = headers['x-api-key'];
  return bearer ?? (typeof plain === 'string' ? plain : null);
}

/** The machine behind a key; `null` where there is none, or it has run out or was revoked. Marks it as used. */
export async function findMachine(
  { db, nowMs }: Pick<ConsoleContext, 'db' | 'nowMs'>,
  token: string,
  ip: string,
): Promise<Machine | null> {
  const [, id, secret] = keyPattern.exec(token) ?? [];
  if (id === undefined || secret === undefined) return null;
  const now = new Date(nowMs());
  const row = await db
    .selectFrom('api_key')
    .innerJoin('account', 'account.id', 'api_key.account_id')
    .select(['api_key.secret_hash', 'api_key.scopes', 'api_key.per_minute', 'api_key.last_used_at'])
    .select(['account.id', 'account.username', 'account.display_name'])
    .select(['account.limit_unit_ids', 'account.limit_grid_ids'])
    .where('api_key.id', '=', id)
    .where('api_key.revoked_at', 'is', null)
    .where('api_key.expires_at', '>', now)
    .where('account.is_locked', '=', false)
    .executeTakeFirst();
  if (row === undefined || !isSame(row.secret_hash, hashToken(secret))) return null;
  if (row.last_used_at === null || row.last_used_at.getTime() <= now.getTime() - touchMs)
    await db
      .updateTable('api_key')
      .set({ last_used_at: now, last_used_ip: ip })
      .where('id', '=', id)
      .execute();
  const limits = { limitUnitIds: row.limit_unit_ids, limitGridIds: row.limit_grid_ids };
  return {
    keyId: id,
    scopes: row.scopes,
    perMinute: row.per_minute,
    user: {
      id: row.id,
      username: row.username,
      displayName: row.display_name,
      kind: 'machine',
      roles: [],
      unit: null,
      offDuty: [],
      reach: toMachineReach(limits),
    },
  };
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
