import { XunjieError } from '../../../domain/mod.ts';
import { nameActor } from '../../audit/act.ts';
import type { ConsoleContext } from '../../context.ts';
import type { ProviderSettings } from '../auth-settings.ts';
import { auditSession, type Caller } from '../log-in.ts';
import { hashToken, openSession } from '../session-store.ts';
import type { Identity, Provider } from './open-provider.ts';

/** How long somebody may take at the provider. */
const attemptMs = 10 * 60_000;

/** Begins a login at the provider. `state` goes into the browser's cookie: whoever comes back must be who went. */
export async function beginProviderLogin(
  { db, nowMs }: ConsoleContext,
  provider: Provider,
  returnTo: string,
): Promise<{ url: string; state: string }> {
  const { url, state, nonce, codeVerifier } = await provider.begin();
  const now = new Date(nowMs());
  await db.deleteFrom('provider_attempt').where('until', '<=', now).execute();
  await db
    .insertInto('provider_attempt')
    .values({
      state_hash: hashToken(state),
      nonce,
      code_verifier: codeVerifier,
      return_to: toOwnPath(returnTo),
      until: new Date(nowMs() + attemptMs),
    })
    .execute();
  return { url, state };
}

/** Ends a login at the provider: a session, and the page that was wanted. Each attempt counts once. */
export async function finishProviderLogin(
  context: ConsoleContext,
  at: { readonly provider: Provider; readonly settings: ProviderSettings },
  came: { readonly query: string; readonly state: string | undefined; readonly caller: Caller },
): Promise<{ token: string; returnTo: string }> {
  const { db } = context;
  const { state, caller } = came;
  const attempt =
    state === undefined
      ? undefined
      : await db
          .deleteFrom('provider_attempt')
          .where('state_hash', '=', hashToken(state))
          .where('until', '>', new Date(context.nowMs()))
          .returningAll()
          .executeTakeFirst();
  if (attempt === undefined || state === undefined)
    throw new XunjieError('provider_refused', 'this login was not begun in this browser, or too long ago', {
      details: { problem: 'login_expired' },
    });
  const identity = await at.provider.finish(came.query, {
    state,
    nonce: attempt.nonce,
    codeVerifier: attempt.code_verifier,
  });
  const account = await findOrTieAccount(context, at.settings, identity);
  const refuse = async (problem: string, why: string): Promise<never> => {
    const actor = account?.username ?? `subject:${identity.subject}`;
    await auditSession(context, actor, 'session.open', { result: 'refused', ip: caller.ip, why });
    throw new XunjieError('provider_refused', why, { details: { problem } });
  };
  if (account === null)
    return refuse(
      'account_not_tied',
      'the provider knows you, but no account here is tied to you; the administrator ties one',
    );
  if (account.isLocked) return refuse('account_locked', 'this account is locked; an administrator opens it');
  nameActor(account.username, account.roles, account.unitId);
  const token = await db.transaction().execute(async (trx) => {
    const opened = await openSession(trx, context, {
      accountId: account.id,
      ip: caller.ip,
      agent: caller.agent,
      isByProvider: true,
    });
    await auditSession({ ...context, db: trx }, account.username, 'session.open', {
      result: 'done',
      ip: caller.ip,
      why: 'by the provider',
    });
    return opened;
  });
  return { token, returnTo: attempt.return_to };
}

/** The account of a subject. One that is not known yet is tied to the account with its employee number, if that has no subject. */
async function findOrTieAccount({ db }: ConsoleContext, { issuer }: ProviderSettings, identity: Identity) {
  const { subject, employeeNo } = identity;
  const known = await db
    .selectFrom('account')
    .select(['id', 'username', 'is_locked as isLocked', 'roles', 'unit_id as unitId'])
    .where('provider_issuer', '=', issuer)
    .where('provider_subject', '=', subject)
    .executeTakeFirst();
  if (known !== undefined) return known;
  if (employeeNo === null) return null;
  const tied = await db
    .updateTable('account')
    .set({ provider_issuer: issuer, provider_subject: subject })
    .where('kind', '=', 'person')
    .where('employee_no', '=', employeeNo)
    .where('provider_subject', 'is', null)
    .returning(['id', 'username', 'is_locked as isLocked', 'roles', 'unit_id as unitId'])
    .executeTakeFirst();
  return tied ?? null;
}

/** A path of these pages and nothing else: a login leads nobody elsewhere. */
function toOwnPath(path: string): string {
  const isOwn = /^\/(?![/\\])[\w\-./?=&%,]*$/.test(path) && !path.startsWith('/api');
  return isOwn ? path : '/';
}
