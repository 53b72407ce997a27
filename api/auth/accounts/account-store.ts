import { sql } from 'kysely';
import { isKeeperRole, type Role, toZonedIso, XunjieError } from '../../../domain/mod.ts';
import type { ConsoleContext } from '../../context.ts';
import type { DatabaseTransaction, Row } from '../../database/tables.ts';
import { hashPassword } from '../password.ts';
import { removeFactor } from '../second-factor/factor-store.ts';
import { endSessions, findPostConflict } from '../session-store.ts';
import type { User } from '../user.ts';
import { makeOneTimePassword, oneTimeMs } from './one-time-password.ts';
import { auditAccount } from './own-account.ts';
import { requireGrids, requireUnits } from './require-places.ts';
import type { AccountBody, AccountView, NewAccountBody } from './schema.ts';

/** Far above what a county has; a list is read whole. */
const maxListed = 5_000;

export interface By {
  readonly user: User;
  readonly ip: string;
}

/** Accounts of people by user name; with an id that one alone. */
export async function listAccounts(
  context: ConsoleContext,
  id: string | null = null,
): Promise<AccountView[]> {
  const { db, timeZone, nowMs, auth } = context;
  const since = new Date(nowMs() - auth.idleMs);
  const rows = await db
    .selectFrom('account')
    .leftJoin('unit', 'unit.id', 'account.unit_id')
    .selectAll('account')
    .select([
      'unit.name as unit_name',
      sql<number>`(select count(*) from session where account_id = account.id and used_at > ${since})`.as(
        'sessions',
      ),
    ])
    .where('account.kind', '=', 'person')
    .$if(id !== null, (query) => query.where('account.id', '=', id ?? ''))
    .orderBy('username')
    .limit(maxListed)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    username: row.username,
    displayName: row.display_name,
    roles: row.roles,
    unit: row.unit_id === null ? null : { id: row.unit_id, name: row.unit_name ?? row.unit_id },
    limitUnitIds: row.limit_unit_ids,
    limitGridIds: row.limit_grid_ids,
    employeeNo: row.employee_no,
    isLocked: row.is_locked,
    mustChangePassword: row.must_change_password,
    hasSecondFactor: row.totp_confirmed_at !== null,
    subject: row.provider_subject,
    lastLoginAt: row.last_login_at && toZonedIso(row.last_login_at.getTime(), timeZone),
    sessions: row.sessions,
    createdAt: toZonedIso(row.created_at.getTime(), timeZone),
  }));
}

/** Makes an account under a password that is good for one login within three days. */
export async function createAccount(
  context: ConsoleContext,
  body: NewAccountBody,
  by: By,
): Promise<{ account: AccountView; oneTimePassword: string }> {
  requireWorkingPosts(body.roles);
  const atMs = context.nowMs();
  const oneTimePassword = makeOneTimePassword();
  const passwordHash = await hashPassword(oneTimePassword);
  const id = await context.db.transaction().execute(async (db) => {
    const columns = await toColumns(db, body);
    const created = await refuseTaken(() =>
      db
        .insertInto('account')
        .values({ username: body.username, ...columns, ...toOneTime(passwordHash, atMs) })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
    await auditAccount(db, { atMs, ...by }, 'account.make', { ...body }, body.username);
    return created.id;
  });
  return { account: await findAccountView(context, id), oneTimePassword };
}

/** Replaces what an account is: post, unit, limits. Takes effect with the next request. */
export async function changeAccount(
  context: ConsoleContext,
  id: string,
  body: AccountBody,
  by: By,
): Promise<AccountView> {
  requireWorkingPosts(body.roles);
  return actOnAccount(context, id, by, 'account.change', async (db, before) => {
    if (before.roles.some(isKeeperRole)) throw forKeepers(before);
    const columns = await toColumns(db, body);
    await refuseTaken(() => db.updateTable('account').set(columns).where('id', '=', id).execute());
    return {
      before: { roles: before.roles, unitId: before.unit_id, limitUnitIds: before.limit_unit_ids },
      after: { ...body },
    };
  });
}

/** Makes somebody without a post one of those who keep the system, or ends that. */
export function appointKeeper(
  context: ConsoleContext,
  id: string,
  role: Role | null,
  by: By,
): Promise<AccountView> {
  return actOnAccount(context, id, by, 'account.appoint', async (db, before) => {
    const kept = before.roles.filter((held) => !isKeeperRole(held));
    const next = role === null ? kept : [...kept, role];
    const conflict = findPostConflict(next);
    if (conflict !== null) throw new XunjieError('conflict', `${before.username}: ${conflict}`);
    await db.updateTable('account').set({ roles: next }).where('id', '=', id).execute();
    await endSessions(db, id, null);
    return { before: { roles: before.roles }, after: { roles: next } };
  });
}

/** Locks an account: its sessions end at once, and no login opens another. */
export function setLocked(
  context: ConsoleContext,
  id: string,
  isLocked: boolean,
  by: By,
): Promise<AccountView> {
  return actOnAccount(context, id, by, isLocked ? 'account.lock' : 'account.unlock', async (db, before) => {
    await db.updateTable('account').set({ is_locked: isLocked }).where('id', '=', id).execute();
    if (isLocked) await endSessions(db, id, null);
    else await db.deleteFrom('login_attempt').where('username', '=', before.username).execute();
    return {};
  });
}

/** A new password that is good for one login within three days; the sessions of the account end. */
export async function resetPassword(
  context: ConsoleContext,
  id: string,
  by: By,
): Promise<{ account: AccountView; oneTimePassword: string }> {
  const oneTimePassword = makeOneTimePassword();
  const passwordHash = await hashPassword(oneTimePassword);
  const account = await actOnAccount(context, id, by, 'account.reset_password', async (db, before) => {
    requireReset(before, by.user);
    await db
      .updateTable('account')
      .set(toOneTime(passwordHash, context.nowMs()))
      .where('id', '=', id)
      .execute();
    await db.deleteFrom('login_attempt').where('username', '=', before.username).execute();
    return { endedSessions: await endSessions(db, id, null) };
  });
  return { account, oneTimePassword };
}

/** For somebody whose phone and recovery codes are gone. */
export function resetSecondFactor(context: ConsoleContext, id: string, by: By): Promise<AccountView> {
  return actOnAccount(context, id, by, 'account.reset_second_factor', async (db, before) => {
    requireReset(before, by.user);
    await removeFactor(db, id);
    return { endedSessions: await endSessions(db, id, null) };
  });
}

export function endAccountSessions(context: ConsoleContext, id: string, by: By): Promise<AccountView> {
  return actOnAccount(context, id, by, 'account.end_sessions', async (db) => ({
    endedSessions: await endSessions(db, id, null),
  }));
}

/** Ties an account to a subject of the city's provider, or cuts the tie. */
export function setSubject(
  context: ConsoleContext,
  id: string,
  subject: string | null,
  by: By,
): Promise<AccountView> {
  const { provider } = context.auth;
  if (subject !== null && provider === null)
    throw new XunjieError('conflict', 'no provider is configured (auth.oidc)');
  return actOnAccount(context, id, by, 'account.set_subject', async (db, before) => {
    requireReset(before, by.user);
    const tie = {
      provider_issuer: subject === null ? null : (provider?.issuer ?? null),
      provider_subject: subject,
    };
    await refuseTaken(() => db.updateTable('account').set(tie).where('id', '=', id).execute());
    return { before: before.provider_subject, after: subject };
  });
}

/** One act on somebody else's account, with its audit row, in one transaction. */
async function actOnAccount(
  context: ConsoleContext,
  id: string,
  by: By,
  action: string,
  change: (db: DatabaseTransaction, before: Row<'account'>) => Promise<Record<string, unknown>>,
): Promise<AccountView> {
  if (id === by.user.id)
    throw new XunjieError('forbidden', 'nobody does this to their own account; another person does');
  const atMs = context.nowMs();
  await context.db.transaction().execute(async (db) => {
    const before = await db
      .selectFrom('account')
      .selectAll()
      .where('id', '=', id)
      .where('kind', '=', 'person')
      .forUpdate()
      .executeTakeFirst();
    if (before === undefined) throw noAccount(id);
    const details = await change(db, before);
    await auditAccount(db, { atMs, ...by }, action, details, before.username);
  });
  return findAccountView(context, id);
}

async function findAccountView(context: ConsoleContext, id: string): Promise<AccountView> {
  const [account] = await listAccounts(context, id);
  if (account === undefined) throw noAccount(id);
  return account;
}

function noAccount(id: string): XunjieError {
  return new XunjieError('not_found', `there is no account ${id}`);
}

function requireWorkingPosts(roles: readonly Role[]): void {
  const keeper = roles.find(isKeeperRole);
  if (keeper === undefined) return;
  throw new XunjieError(
    'forbidden',
    `body.roles: only the security administrator makes somebody ${keeper} (PUT /api/accounts/…/keeper)`,
    { details: { field: 'body.roles' } },
  );
}

/** Whoever sets a password can come in with it: of those who keep the system the security administrator alone does. */
function requireReset(before: Row<'account'>, user: User): void {
  const isKeeper = before.roles.some(isKeeperRole);
  if (isKeeper && !user.roles.includes('security_administrator')) throw forKeepers(before);
  if (!isKeeper && !user.roles.includes('administrator'))
    throw new XunjieError('forbidden', `for ${before.username} the administrator does this`);
}

function forKeepers({ username }: Row<'account'>): XunjieError {
  return new XunjieError(
    'forbidden',
    `${username} keeps the system: only the security administrator does this`,
  );
}

async function toColumns(db: DatabaseTransaction, body: AccountBody) {
  const { limitUnitIds = null, limitGridIds = null, employeeNo = null, unitId } = body;
  await requireUnits(db, 'unitId', unitId === null ? null : [unitId]);
  await requireUnits(db, 'limitUnitIds', limitUnitIds);
  await requireGrids(db, 'limitGridIds', limitGridIds);
  return {
    display_name: body.displayName.trim(),
    roles: [...new Set(body.roles)],
    unit_id: unitId,
    limit_unit_ids: limitUnitIds,
    limit_grid_ids: limitGridIds,
    employee_no: employeeNo,
  };
}

export function toOneTime(passwordHash: string, atMs: number) {
  return {
    password_hash: passwordHash,
    must_change_password: true,
    password_until: new Date(atMs + oneTimeMs),
    password_changed_at: new Date(atMs),
  };
}

const uniqueViolation = '23505';

async function refuseTaken<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== uniqueViolation) throw error;
    throw new XunjieError('conflict', 'this user name, employee number or subject is another account’s', {
      cause: error,
    });
  }
}
