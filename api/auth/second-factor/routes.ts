import { Type } from 'typebox';
import { XunjieError } from '../../../domain/mod.ts';
import type { ConsoleContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { Empty } from '../../http/schema.ts';
import { auditAccount, findAccount, requirePassword } from '../accounts/own-account.ts';
import { requireOwner } from '../accounts/own-account-routes.ts';
import { requireOpenName } from '../log-in.ts';
import { clearLoginAttempts } from '../login-throttle.ts';
import type { User } from '../user.ts';
import { drawQr } from './draw-qr.ts';
import { beginFactor, confirmFactor, makeRecoveryCodes, removeFactor, takeCode } from './factor-store.ts';
import { toTotpUri } from './totp.ts';

const tags = ['account'];
const closed = { additionalProperties: false } as const;
const Current = Type.String({ minLength: 1, maxLength: 200, description: 'The own password' });
const Code = Type.String({ minLength: 6, maxLength: 40 });
const RecoveryCodes = Type.Object({
  recoveryCodes: Type.Array(Type.String(), { description: 'Each good once; shown here alone' }),
});

/** The second factor of the own account: an authenticator app, with recovery codes for the day the phone is gone. */
export function registerSecondFactorRoutes(app: App, context: ConsoleContext): void {
  const config = { permission: 'self' } as const;
  app.route({
    method: 'POST',
    url: '/api/account/totp',
    config,
    schema: {
      tags,
      summary: 'Begin a second factor: a secret for the app; it counts once its first code has come',
      body: Type.Object({ current: Current }, closed),
      response: { 200: Type.Object({ secret: Type.String(), uri: Type.String(), qrSvg: Type.String() }) },
    },
    handler: async (request) => {
      const { user, ip } = requireOwner(request);
      await requirePassword(context, user, request.body.current);
      const secret = await context.db.transaction().execute(async (db) => {
        const begun = await beginFactor(db, context, user.id);
        await auditAccount(db, { atMs: context.nowMs(), user, ip }, 'account.begin_second_factor');
        return begun;
      });
      const uri = toTotpUri(secret, user.username);
      return { secret, uri, qrSvg: drawQr(uri) };
    },
  });
  app.route({
    method: 'POST',
    url: '/api/account/totp/confirm',
    config,
    schema: {
      tags,
      summary: 'Take the second factor into use with its first code',
      body: Type.Object({ code: Code }, closed),
      response: { 200: RecoveryCodes },
    },
    handler: async (request) => {
      const { user, ip } = requireOwner(request);
      await requireOpenName(context, user.username);
      const recoveryCodes = await context.db.transaction().execute(async (db) => {
        const account = await findAccount(db, user.id);
        if (!(await confirmFactor(db, context, account, request.body.code.trim()))) throw wrongCode();
        await auditAccount(db, { atMs: context.nowMs(), user, ip }, 'account.set_second_factor');
        return makeRecoveryCodes(db, context, user.id);
      });
      await clearLoginAttempts(context.db, user.username, context.nowMs());
      return { recoveryCodes };
    },
  });
  app.route({
    method: 'POST',
    url: '/api/account/totp/recovery-codes',
    config,
    schema: {
      tags,
      summary: 'Make new recovery codes; the old ones are void',
      body: Type.Object({ code: Code }, closed),
      response: { 200: RecoveryCodes },
    },
    handler: async (request) => {
      const { user, ip } = requireOwner(request);
      await requireCode(context, user, request.body.code);
      const recoveryCodes = await context.db.transaction().execute(async (db) => {
        await auditAccount(db, { atMs: context.nowMs(), user, ip }, 'account.renew_recovery_codes');
        return makeRecoveryCodes(db, context, user.id);
      });
      return { recoveryCodes };
    },
  });
  app.route({
    method: 'POST',
    url: '/api/account/totp/remove',
    config,
    schema: {
      tags,
      summary: 'Remove the second factor',
      body: Type.Object({ current: Current, code: Code }, closed),
      response: { 204: Empty },
    },
    handler: async (request, reply) => {
      const { user, ip } = requireOwner(request);
      await requirePassword(context, user, request.body.current);
      await requireCode(context, user, request.body.code);
      await context.db.transaction().execute(async (db) => {
        await removeFactor(db, user.id);
        await auditAccount(db, { atMs: context.nowMs(), user, ip }, 'account.remove_second_factor');
      });
      return reply.status(204).send();
    },
  });
}

async function requireCode(context: ConsoleContext, user: User, code: string): Promise<void> {
  await requireOpenName(context, user.username);
  const account = await findAccount(context.db, user.id);
  if (account.totp_confirmed_at === null)
    throw new XunjieError('conflict', 'there is no second factor in use');
  if (!(await takeCode(context.db, context, account, code))) throw wrongCode();
  await clearLoginAttempts(context.db, user.username, context.nowMs());
}

function wrongCode(): XunjieError {
  return new XunjieError('wrong_credentials', 'body.code: wrong code, or one that was used before', {
    details: { field: 'body.code' },
  });
}
