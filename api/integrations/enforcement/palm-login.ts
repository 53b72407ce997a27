import { XunjieError } from '../../../domain/mod.ts';
import { appendAudit } from '../../audit/append-audit.ts';
import { findSession, openSession } from '../../auth/session-store.ts';
import { notLoggedIn } from '../../auth/user.ts';
import type { ConsoleContext } from '../../context.ts';
import type { EnforcementGateways } from './gateway.ts';

/**
 * Opens the session of the officer whom a one-use code names. `settings.officers` says whose account an employee's number is; an account
 * that holds any post beside officer is not entered by this door.
 */
export async function logInByCode(
  context: ConsoleContext,
  gateways: EnforcementGateways,
  { integration, code }: { readonly integration: string; readonly code: string },
  by: { readonly ip: string; readonly agent: string | undefined },
) {
  const { db } = context;
  const from = await db
    .selectFrom('integration')
    .selectAll()
    .where('id', '=', integration)
    .where('kind', '=', 'enforcement')
    .where('state', '=', 'enabled')
    .executeTakeFirst();
  if (from === undefined || from.url === null)
    throw new XunjieError('wrong_credentials', 'no such enforcement system is connected');
  const { employeeCode } = await gateways
    .open(context, from)
    .redeem(code)
    .catch((error: unknown) => {
      if (error instanceof XunjieError) throw error;
      throw new XunjieError(
        'conflict',
        'the enforcement system cannot say who this is; log in here instead',
        {
          cause: error,
        },
      );
    });
  const officers = (from.settings['officers'] ?? {}) as Record<string, unknown>;
  const username = Object.hasOwn(officers, employeeCode) ? officers[employeeCode] : undefined;
  const account =
    typeof username === 'string'
      ? await db
          .selectFrom('account')
          .select(['id', 'username', 'roles'])
          .where('username', '=', username)
          .where('is_locked', '=', false)
          .executeTakeFirst()
      : undefined;
  const isOfficer = account?.roles.length === 1 && account.roles[0] === 'officer';
  await appendAudit(db, {
    atMs: context.nowMs(),
    actor: account?.username ?? `integration:${integration}`,
    action: 'session.open',
    objectKind: 'session',
    objectId: account?.username ?? integration,
    result: isOfficer ? 'done' : 'refused',
    ip: by.ip,
    details: { by: integration },
  });
  if (account === undefined || !isOfficer)
    throw new XunjieError('wrong_credentials', 'no account of an officer belongs to this number');
  const opened = { accountId: account.id, ip: by.ip, agent: by.agent, isByProvider: true };
  const token = await openSession(db, context, opened);
  const session = await findSession(db, context, token);
  if (session === null) throw notLoggedIn();
  return { token, user: session.user };
}
