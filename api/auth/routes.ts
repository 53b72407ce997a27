import { Type } from 'typebox';
import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { Empty } from '../http/schema.ts';
import { sessionCookie } from './access.ts';
import { clearLoginAttempts, countLoginAttempt } from './login-throttle.ts';
import { verifyPassword } from './password.ts';
import { endSession, findSession, longestMs, openSession } from './session-store.ts';
import { notLoggedIn, requireUser, User } from './user.ts';

const Credentials = Type.Object(
  {
    username: Type.String({ minLength: 1, maxLength: 100 }),
    password: Type.String({ minLength: 1, maxLength: 200 }),
  },
  { additionalProperties: false },
);
const UserReply = Type.Object({ user: User });

/** Per address; the lock-out per name is stricter and outlives a restart. */
const loginRateLimit = { max: 60, timeWindow: '1 minute' };

export function registerSessionRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'POST',
    url: '/api/session',
    config: { permission: 'public', rateLimit: loginRateLimit },
    schema: { tags: ['session'], summary: 'Log in', body: Credentials, response: { 200: UserReply } },
    handler: async (request, reply) => {
      const { username, password } = request.body;
      const token = await logIn(context, username, password, request.ip);
      const session = await findSession(context.db, token, context.nowMs());
      if (session === null) throw notLoggedIn();
      reply.setCookie(sessionCookie, token, {
        httpOnly: true,
        sameSite: 'strict',
        path: '/',
        secure: request.protocol === 'https',
        maxAge: longestMs / 1000,
      });
      return { user: session.user };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/session',
    config: { permission: 'session' },
    schema: { tags: ['session'], summary: 'Who am I', response: { 200: UserReply } },
    handler: async (request) => ({ user: requireUser(request) }),
  });

  app.route({
    method: 'DELETE',
    url: '/api/session',
    config: { permission: 'session' },
    schema: { tags: ['session'], summary: 'Log out', response: { 204: Empty } },
    handler: async (request, reply) => {
      const user = requireUser(request);
      await endSession(context.db, request.cookies[sessionCookie] ?? '');
      await auditSession(context, user.username, 'session.end', 'done', request.ip);
      return reply.clearCookie(sessionCookie, { path: '/' }).status(204).send();
    },
  });
}

/** Returns the new session's token. An unknown name and a wrong password look the same, in words and in time. */
async function logIn(
  context: ConsoleContext,
  username: string,
  password: string,
  ip: string,
): Promise<string> {
  const { db } = context;
  const lockedUntilMs = await countLoginAttempt(db, username, context.nowMs());
  if (lockedUntilMs !== null) {
    const until = toZonedIso(lockedUntilMs, context.timeZone).slice(11, 16);
    throw new XunjieError(
      'too_many_requests',
      `too many wrong passwords for this name; it is open again at ${until}`,
    );
  }
  const account = await db
    .selectFrom('account')
    .select(['id', 'password_hash'])
    .where('username', '=', username)
    .executeTakeFirst();
  const isRight = await verifyPassword(account?.password_hash ?? null, password);
  if (!isRight || account === undefined) {
    await auditSession(context, username, 'session.open', 'refused', ip);
    throw new XunjieError('wrong_credentials', 'wrong user name or password');
  }
  await clearLoginAttempts(db, username, context.nowMs());
  const token = await openSession(db, account.id, context.nowMs());
  await auditSession(context, username, 'session.open', 'done', ip);
  return token;
}

function auditSession(
  context: ConsoleContext,
  actor: string,
  action: string,
  result: 'done' | 'refused',
  ip: string,
): Promise<void> {
  return appendAudit(context.db, {
    atMs: context.nowMs(),
    actor,
    action,
    objectKind: 'session',
    objectId: actor,
    result,
    ip,
  });
}
