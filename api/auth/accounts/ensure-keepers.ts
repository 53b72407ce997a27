import { sql } from 'kysely';
import type { Role } from '../../../domain/mod.ts';
import { appendAudit } from '../../audit/append-audit.ts';
import type { ConsoleContext } from '../../context.ts';
import { hashPassword } from '../password.ts';
import { toOneTime } from './account-store.ts';
import { makeOneTimePassword } from './one-time-password.ts';

export interface FirstLogin {
  readonly username: string;
  readonly oneTimePassword: string;
}

const first: readonly { readonly role: Role; readonly username: string; readonly displayName: string }[] = [
  { role: 'administrator', username: 'administrator', displayName: '系统管理员 01' },
  { role: 'security_administrator', username: 'security-administrator', displayName: '安全管理员 01' },
];

/** What another console has told just now holds. */
const toldMs = 2 * 60_000;

/**
 * Sees to it that somebody can make the first accounts: where nobody has one of the two posts, an account for it is made, and where
 * it was made before and nobody ever came in, it gets another password. Returns what must be told once.
 */
export async function ensureKeepers(context: ConsoleContext): Promise<FirstLogin[]> {
  const told: FirstLogin[] = [];
  for (const { role, username, displayName } of first) {
    const atMs = context.nowMs();
    const oneTimePassword = await context.db.transaction().execute(async (db) => {
      // Consoles that start together must not each void what the other has told.
      await sql`select pg_advisory_xact_lock(hashtextextended('xunjie first logins', 0))`.execute(db);
      const holders = await db
        .selectFrom('account')
        .select(['username', 'last_login_at', 'password_changed_at'])
        .where('kind', '=', 'person')
        .where((where) => where(where.val(role), '=', where.fn.any('roles')))
        .execute();
      const isSettled = holders.some(
        (holder) =>
          holder.username !== username ||
          holder.last_login_at !== null ||
          (holder.password_changed_at?.getTime() ?? 0) > atMs - toldMs,
      );
      if (isSettled) return null;
      const password = makeOneTimePassword();
      const credentials = toOneTime(await hashPassword(password), atMs);
      await db
        .insertInto('account')
        .values({ username, display_name: displayName, roles: [role], ...credentials })
        .onConflict((conflict) => conflict.column('username').doUpdateSet(credentials))
        .execute();
      await appendAudit(db, {
        atMs,
        actor: 'xunjie',
        action: 'account.make',
        objectKind: 'account',
        objectId: username,
        result: 'done',
        ip: null,
        details: { roles: [role] },
      });
      return password;
    });
    if (oneTimePassword !== null) told.push({ username, oneTimePassword });
  }
  return told;
}
