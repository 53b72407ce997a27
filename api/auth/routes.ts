import { Type } from 'typebox';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { Empty } from '../http/schema.ts';
import { sessionCookie } from './access.ts';
import { auditSession, logIn } from './log-in.ts';
import { giveSession, takeSession } from './session-cookie.ts';
import { endSession, findSession } from './session-store.ts';
import { notLoggedIn, requireUser, User } from './user.ts';

const CredentialsBody = Type.Object(
  {
    username: Type.String({ minLength: 1, maxLength: 100 }),
    password: Type.String({ minLength: 1, maxLength: 200 }),
    code: Type.Optional(
      Type.String({ maxLength: 40, description: 'Of the authenticator app, or a recovery code' }),
    ),
  },
  { additionalProperties: false },
);
const UserReply = Type.Object({
  user: User,
  duty: Type.Union([Type.Enum(['password', 'second_factor']), Type.Null()], {
    description: 'What must be done before anything else',
  }),
});

/** Per address; the lock-out per name is stricter and outlives a restart. */
export const loginRateLimit = { max: 60, timeWindow: '1 minute' };

export function registerSessionRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'POST',
    url: '/api/session',
    config: { permission: 'public', rateLimit: loginRateLimit },
    schema: { tags: ['session'], summary: 'Log in', body: CredentialsBody, response: { 200: UserReply } },
    handler: async (request, reply) => {
      const token = await logIn(context, request.body, {
        ip: request.ip,
        agent: request.headers['user-agent'],
      });
      const session = await findSession(context.db, context, token);
      if (session === null) throw notLoggedIn();
      await giveSession(context, request, reply, token);
      return { user: session.user, duty: session.duty };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/session',
    config: { permission: 'self' },
    schema: { tags: ['session'], summary: 'Who am I', response: { 200: UserReply } },
    handler: async (request) => ({ user: requireUser(request), duty: request.duty }),
  });

  app.route({
    method: 'DELETE',
    url: '/api/session',
    config: { permission: 'self' },
    schema: { tags: ['session'], summary: 'Log out', response: { 204: Empty } },
    handler: async (request, reply) => {
      const user = requireUser(request);
      await endSession(context.db, request.cookies[sessionCookie] ?? '');
      await auditSession(context, user.username, 'session.end', {
        result: 'done',
        ip: request.ip,
        why: null,
      });
      takeSession(reply);
      return reply.status(204).send();
    },
  });
}
