import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import { nameActor } from '../audit/act.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { ConsoleContext } from '../context.ts';
import { clearLoginAttempts, countLoginAttempt, giveBackLoginAttempt } from './login-throttle.ts';
import { verifyPassword } from './password.ts';
import { takeCode } from './second-factor/factor-store.ts';
import { openSession } from './session-store.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Of the authenticator app, or a recovery code. */
  readonly code?: string;
}

export interface Caller {
  readonly ip: string;
  /** The browser, as it calls itself. */
  readonly agent: string | undefined;
}

/**
 * Returns the new session's token. An unknown name and a wrong password look the same, in words and in time; what is told beyond that
 * (locked, a code is needed) is told to who has the password.
 */
export async function logIn(context: ConsoleContext, given: Credentials, caller: Caller): Promise<string> {
  const { db, nowMs } = context;
  const { username, password, code } = given;
  const refuse = async (error: XunjieError, why: string): Promise<never> => {
    await auditSession(context, username, 'session.open', { result: 'refused', ip: caller.ip, why });
    throw error;
  };
  await requireOpenName(context, username).catch((error: XunjieError) => refuse(error, 'name is locked'));
  const account = await db
    .selectFrom('account')
    .selectAll()
    .where('username', '=', username)
    .where('kind', '=', 'person')
    .executeTakeFirst();
  const isRight = await verifyPassword(account?.password_hash ?? null, password);
  if (!isRight || account === undefined)
    return refuse(
      new XunjieError('wrong_credentials', 'wrong user name or password'),
      'wrong name or password',
    );
  if (account.is_locked)
    return refuse(
      new XunjieError('forbidden', 'this account is locked; an administrator opens it'),
      'account is locked',
    );
  if (account.password_until !== null && account.password_until.getTime() <= nowMs())
    return refuse(
      new XunjieError('forbidden', 'this one-time password has run out; an administrator sets another'),
      'one-time password has run out',
    );
  if (account.totp_confirmed_at !== null) {
    if (code === undefined || code.trim() === '') {
      await giveBackLoginAttempt(db, username);
      throw new XunjieError('second_factor_missing', 'give the code of your authenticator app as well');
    }
    if (!(await takeCode(db, context, account, code)))
      return refuse(
        new XunjieError('wrong_credentials', 'wrong code, or one that was used before'),
        'wrong code',
      );
  }
  await clearLoginAttempts(db, username, nowMs());
  nameActor(username, account.roles, account.unit_id);
  return db.transaction().execute(async (trx) => {
    const token = await openSession(trx, context, {
      accountId: account.id,
      ip: caller.ip,
      agent: caller.agent,
      isByProvider: false,
    });
    await auditSession({ ...context, db: trx }, username, 'session.open', {
      result: 'done',
      ip: caller.ip,
      why: null,
    });
    return token;
  });
}

/** Counts an attempt for a name and refuses it while the name is locked. */
export async function requireOpenName(
  { db, nowMs, timeZone }: Pick<ConsoleContext, 'db' | 'nowMs' | 'timeZone'>,
  username: string,
): Promise<void> {
  const lockedUntilMs = await countLoginAttempt(db, username, nowMs());
  if (lockedUntilMs === null) return;
  const until = toZonedIso(lockedUntilMs, timeZone).slice(11, 16);
  throw new XunjieError(
    'too_many_requests',
    `too many wrong passwords for this name; it is open again at ${until}`,
  );
}

export function auditSession(
  context: Pick<ConsoleContext, 'db' | 'nowMs'>,
  actor: string,
  action: string,
  line: { readonly result: 'done' | 'refused'; readonly ip: string; readonly why: string | null },
): Promise<void> {
  return appendAudit(context.db, {
    atMs: context.nowMs(),
    actor,
    action,
    objectKind: 'session',
    objectId: actor,
    result: line.result,
    ip: line.ip,
    reason: line.why,
  });
}
