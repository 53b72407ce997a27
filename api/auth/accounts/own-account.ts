import { type Static, Type } from 'typebox';
import { toZonedIso, XunjieError } from '../../../domain/mod.ts';
import { appendAudit } from '../../audit/append-audit.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Database, Row } from '../../database/tables.ts';
import { IsoTime, Nullable } from '../../http/schema.ts';
import { requireOpenName } from '../log-in.ts';
import { clearLoginAttempts } from '../login-throttle.ts';
import { hashPassword, verifyPassword } from '../password.ts';
import { endSessions } from '../session-store.ts';
import type { User } from '../user.ts';
import { requireGoodPassword } from './password-policy.ts';

export const OwnAccount = Type.Object({
  username: Type.String(),
  displayName: Type.String(),
  hasPassword: Type.Boolean(),
  mustChangePassword: Type.Boolean(),
  passwordChangedAt: Nullable(IsoTime),
  hasProvider: Type.Boolean({ description: 'A subject of the city’s provider is tied to it' }),
  secondFactor: Type.Object({
    isOn: Type.Boolean(),
    isRequired: Type.Boolean(),
    since: Nullable(IsoTime),
    recoveryCodesLeft: Type.Integer(),
  }),
});
export type OwnAccount = Static<typeof OwnAccount>;

export interface Owner {
  readonly user: User;
  readonly sessionHash: string;
  readonly ip: string;
}

export async function findOwnAccount(context: ConsoleContext, user: User): Promise<OwnAccount> {
  const { db, timeZone, auth } = context;
  const account = await findAccount(db, user.id);
  const { left } = await db
    .selectFrom('recovery_code')
    .select((select) => select.fn.countAll<number>().as('left'))
    .where('account_id', '=', user.id)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  const toIso = (at: Date | null) => at && toZonedIso(at.getTime(), timeZone);
  return {
    username: account.username,
    displayName: account.display_name,
    hasPassword: account.password_hash !== null,
    mustChangePassword: account.must_change_password,
    passwordChangedAt: toIso(account.password_changed_at),
    hasProvider: account.provider_subject !== null,
    secondFactor: {
      isOn: account.totp_confirmed_at !== null,
      isRequired: account.roles.some((role) => auth.secondFactorPosts.includes(role)),
      since: toIso(account.totp_confirmed_at),
      recoveryCodesLeft: left,
    },
  };
}

/** Changes the own password; all other sessions of the account end with the old one. */
export async function changePassword(
  context: ConsoleContext,
  { user, sessionHash, ip }: Owner,
  given: { readonly current: string; readonly next: string },
): Promise<void> {
  await requirePassword(context, user, given.current);
  requireGoodPassword(given.next, user.username);
  if (given.next === given.current)
    throw new XunjieError('weak_password', 'this password is the one you have');
  const passwordHash = await hashPassword(given.next);
  const atMs = context.nowMs();
  await context.db.transaction().execute(async (db) => {
    await db
      .updateTable('account')
      .set({
        password_hash: passwordHash,
        password_changed_at: new Date(atMs),
        must_change_password: false,
        password_until: null,
      })
      .where('id', '=', user.id)
      .execute();
    const ended = await endSessions(db, user.id, sessionHash);
    await auditAccount(db, { atMs, user, ip }, 'account.change_password', { endedSessions: ended });
  });
}

/** Refuses without the own password. Wrong ones count as at the login: a session that was left open is no way to guess it. */
export async function requirePassword(context: ConsoleContext, user: User, password: string): Promise<void> {
  await requireOpenName(context, user.username);
  const account = await findAccount(context.db, user.id);
  if (!(await verifyPassword(account.password_hash, password)))
    throw new XunjieError('wrong_credentials', 'body.current: this is not your password', {
      details: { field: 'body.current' },
    });
  await clearLoginAttempts(context.db, user.username, context.nowMs());
}

export async function findAccount(db: Database, id: string): Promise<Row<'account'>> {
  return db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

export function auditAccount(
  db: Database,
  { atMs, user, ip }: { readonly atMs: number; readonly user: User; readonly ip: string },
  action: string,
  details: Record<string, unknown> = {},
  objectId: string = user.username,
): Promise<void> {
  return appendAudit(db, {
    atMs,
    actor: user.username,
    action,
    objectKind: 'account',
    objectId,
    result: 'done',
    ip,
    details,
  });
}
