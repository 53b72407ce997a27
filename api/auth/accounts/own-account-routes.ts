import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { toZonedIso, XunjieError } from '../../../domain/mod.ts';
import type { ConsoleContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { Empty, IsoTime, Nullable } from '../../http/schema.ts';
import { takeSession } from '../session-cookie.ts';
import { endSessions } from '../session-store.ts';
import { notLoggedIn, requireUser } from '../user.ts';
import { auditAccount, changePassword, findOwnAccount, OwnAccount, type Owner } from './own-account.ts';

const tags = ['account'];
const closed = { additionalProperties: false } as const;

const SessionView = Type.Object({
  id: Type.String(),
  isThis: Type.Boolean(),
  createdAt: IsoTime,
  usedAt: IsoTime,
  ip: Nullable(Type.String()),
  agent: Nullable(Type.String()),
});

/** Of a person's request: whose account it is, and by which session. */
export function requireOwner(request: FastifyRequest): Owner {
  if (request.sessionHash === null) throw notLoggedIn();
  return { user: requireUser(request), sessionHash: request.sessionHash, ip: request.ip };
}

/** What everybody does with the own account: password and sessions. */
export function registerOwnAccountRoutes(app: App, context: ConsoleContext): void {
  const { db, timeZone } = context;
  const config = { permission: 'self' } as const;
  app.route({
    method: 'GET',
    url: '/api/account',
    config,
    schema: { tags, summary: 'The own account', response: { 200: OwnAccount } },
    handler: async (request) => findOwnAccount(context, requireUser(request)),
  });
  app.route({
    method: 'PUT',
    url: '/api/account/password',
    config,
    schema: {
      tags,
      summary: 'Change the own password; the other sessions end',
      body: Type.Object(
        {
          current: Type.String({ minLength: 1, maxLength: 200 }),
          next: Type.String({ minLength: 1, maxLength: 200 }),
        },
        closed,
      ),
      response: { 204: Empty },
    },
    handler: async (request, reply) => {
      await changePassword(context, requireOwner(request), request.body);
      return reply.status(204).send();
    },
  });
  app.route({
    method: 'GET',
    url: '/api/account/sessions',
    config,
    schema: {
      tags,
      summary: 'Where the own account is logged in',
      response: { 200: Type.Array(SessionView) },
    },
    handler: async (request) => {
      const { user, sessionHash } = requireOwner(request);
      const rows = await db
        .selectFrom('session')
        .selectAll()
        .where('account_id', '=', user.id)
        .where('used_at', '>', new Date(context.nowMs() - context.auth.idleMs))
        .where('created_at', '>', new Date(context.nowMs() - context.auth.longestMs))
        .orderBy('used_at', 'desc')
        .limit(200)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        isThis: row.token_hash === sessionHash,
        createdAt: toZonedIso(row.created_at.getTime(), timeZone),
        usedAt: toZonedIso(row.used_at.getTime(), timeZone),
        ip: row.ip,
        agent: row.agent,
      }));
    },
  });
  app.route({
    method: 'DELETE',
    url: '/api/account/sessions',
    config,
    schema: { tags, summary: 'Log out everywhere, here too', response: { 204: Empty } },
    handler: async (request, reply) => {
      const { user, ip } = requireOwner(request);
      await db.transaction().execute(async (trx) => {
        const ended = await endSessions(trx, user.id, null);
        await auditAccount(trx, { atMs: context.nowMs(), user, ip }, 'account.end_sessions', { ended });
      });
      takeSession(reply);
      return reply.status(204).send();
    },
  });
  app.route({
    method: 'DELETE',
    url: '/api/account/sessions/:id',
    config,
    schema: {
      tags,
      summary: 'End one of the own sessions',
      params: Type.Object({ id: Type.String({ pattern: '^[0-9a-f-]{36}$' }) }),
      response: { 204: Empty },
    },
    handler: async (request, reply) => {
      const { user, ip } = requireOwner(request);
      const { id } = request.params;
      await db.transaction().execute(async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('session')
          .where('id', '=', id)
          .where('account_id', '=', user.id)
          .executeTakeFirstOrThrow();
        if (numDeletedRows === 0n) throw new XunjieError('not_found', 'this session has ended');
        await auditAccount(trx, { atMs: context.nowMs(), user, ip }, 'account.end_session', { session: id });
      });
      return reply.status(204).send();
    },
  });
}
