import type { FastifyInstance, FastifyRequest } from 'fastify';
import { toMessage } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { type Act, openAct, runInAct } from './act.ts';
import { appendAudit } from './append-audit.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** `null` for what is refused before it has come so far: an address that is none. */
    act: Act | null;
  }
}

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Sees to it that every act has its line: what a slice has not written itself is written here before the answer goes out. An act is a
 * request that may change something, of somebody who is known; a read is none, but one that is refused for want of rights is.
 */
export function auditRequests(app: FastifyInstance, context: ConsoleContext): void {
  app.decorateRequest('act', null);
  app.addHook('onRequest', (request, _reply, done) => {
    request.act = openAct(request.ip);
    runInAct(request.act, done);
  });
  // A body is read on the socket's own turns, which belong to no request.
  app.addHook('preValidation', (request, _reply, done) =>
    request.act === null ? done() : runInAct(request.act, done),
  );
  app.addHook('onSend', async (request, reply) => {
    const { act } = request;
    const result = reply.statusCode < 400 ? 'done' : 'refused';
    if (act === null || act.actor === null || act.written.has(result) || !isAct(request, reply.statusCode))
      return;
    const { method } = request;
    const route = request.routeOptions.url ?? '';
    try {
      await appendAudit(context.db, {
        atMs: context.nowMs(),
        actor: act.actor,
        action: `${method} ${route}`,
        objectKind: 'route',
        objectId: listParams(request) || route,
        result,
        ip: act.ip,
        ...(act.refusal !== null && { reason: act.refusal.message }),
        details: { status: reply.statusCode, ...(act.refusal !== null && { code: act.refusal.code }) },
      });
    } catch (error) {
      // The answer is as it is, whatever the log can hold.
      context.logger.error(
        { route, error: toMessage(error) },
        'an act could not be written to the audit log',
      );
    }
  });
}

function isAct(request: FastifyRequest, status: number): boolean {
  if (request.routeOptions.url?.startsWith('/api') !== true) return false;
  return readingMethods.has(request.method) ? status === 403 : status !== 429;
}

function listParams({ params }: FastifyRequest): string {
  return Object.values((params ?? {}) as Record<string, string>)
    .join(' ')
    .slice(0, 300);
}
