import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Role } from '../../domain/mod.ts';
import type { Database } from '../database/tables.ts';
import type { User } from './user.ts';

const minuteMs = 60_000;
/** A session that nobody uses ends. */
export const idleMs = 30 * minuteMs;
/** And every session ends after a shift. */
export const longestMs = 12 * 60 * minuteMs;
/** How stale `used_at` may be: not every request writes. */
const touchMs = minuteMs;

export interface Session {
  readonly tokenHash: string;
  readonly user: User;
}

/** Opens a session; the token goes to the browser, only its hash is kept. */
export async function openSession(db: Database, accountId: string, nowMs: number): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const now = new Date(nowMs);
  await db
    .deleteFrom('session')
    .where('created_at', '<=', new Date(nowMs - longestMs))
    .execute();
  await db
    .insertInto('session')
    .values({ token_hash: hashToken(token), account_id: accountId, created_at: now, used_at: now })
    .execute();
  return token;
}

export async function endSession(db: Database, token: string): Promise<void> {
  await db.deleteFrom('session').where('token_hash', '=', hashToken(token)).execute();
}

/** The session behind a token, or `null` when there is none or it has run out. Marks it as used. */
export async function findSession(db: Database, token: string, nowMs: number): Promise<Session | null> {
  return (await findSessions(db, [token], nowMs)).get(token) ?? null;
}

/** The sessions behind tokens, by token; none for one that there is not or that has run out. Marks them as used. */
export async function findSessions(
  db: Database,
  tokens: readonly string[],
  nowMs: number,
): Promise<Map<string, Session>> {
  const tokensByHash = new Map(tokens.map((token) => [hashToken(token), token]));
  const rows = await db
    .selectFrom('session')
    .innerJoin('account', 'account.id', 'session.account_id')
    .leftJoin('unit', 'unit.id', 'account.unit_id')
    .select(['account.id', 'account.username', 'account.display_name', 'account.roles', 'session.used_at'])
    .select(['unit.id as unit_id', 'unit.name as unit_name', 'session.token_hash'])
    .where(sql<boolean>`session.token_hash = any(${[...tokensByHash.keys()]}::text[])`)
    .where('session.used_at', '>', new Date(nowMs - idleMs))
    .where('session.created_at', '>', new Date(nowMs - longestMs))
    .execute();
  const stale = rows.filter((row) => row.used_at.getTime() <= nowMs - touchMs).map((row) => row.token_hash);
  if (stale.length > 0)
    await db
      .updateTable('session')
      .set({ used_at: new Date(nowMs) })
      .where('token_hash', 'in', stale)
      .execute();
  const sessions = new Map<string, Session>();
  for (const row of rows) {
    const token = tokensByHash.get(row.token_hash);
    if (token !== undefined) sessions.set(token, toSession(row));
  }
  return sessions;
}

function toSession(row: {
  readonly token_hash: string;
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly roles: Role[];
  readonly unit_id: string | null;
  readonly unit_name: string | null;
}): Session {
  const unit =
    row.unit_id === null || row.unit_name === null ? null : { id: row.unit_id, name: row.unit_name };
  const { id, username, display_name: displayName, roles } = row;
  return { tokenHash: row.token_hash, user: { id, username, displayName, roles, unit } };
}

/** Of these sessions, those that still hold. Does not mark them as used. */
export async function listLiveSessions(
  db: Database,
  tokenHashes: readonly string[],
  nowMs: number,
): Promise<Set<string>> {
  if (tokenHashes.length === 0) return new Set();
  const rows = await db
    .selectFrom('session')
    .select('token_hash')
    .where('token_hash', 'in', tokenHashes)
    .where('used_at', '>', new Date(nowMs - idleMs))
    .where('created_at', '>', new Date(nowMs - longestMs))
    .execute();
  return new Set(rows.map((row) => row.token_hash));
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
