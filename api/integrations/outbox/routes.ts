import { Type } from 'typebox';
import { requireUser } from '../../auth/user.ts';
import type { ConsoleContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { parseWords } from '../../http/filter.ts';
import { defaultPageLimit, PageOf, pageQuery } from '../../http/schema.ts';
import {
  dropMessage,
  findOutboxMessage,
  listOutbox,
  OutboxMessage,
  OutboxMessageDetail,
  outboxStates,
  replayMessage,
} from './messages.ts';

const tags = ['integrations'];
const params = Type.Object({
  id: Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' }),
});

/** What goes out, and what was given up. */
export function registerOutboxRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/outbox',
    config: { permission: 'integrations.read' },
    schema: {
      tags,
      summary: 'Messages to other systems, newest first; state=dead is the dead-letter list',
      querystring: Type.Object(
        {
          state: Type.Optional(
            Type.String({ maxLength: 100, description: 'States, separated by commas; default: all' }),
          ),
          integration: Type.Optional(Type.String({ maxLength: 64 })),
          ...pageQuery,
        },
        { additionalProperties: false },
      ),
      response: { 200: PageOf(OutboxMessage) },
    },
    handler: async (request) => {
      const { state, integration = null, limit = defaultPageLimit, cursor = null } = request.query;
      return listOutbox(context, {
        states: parseWords('state', state, outboxStates),
        integration,
        limit,
        cursor,
      });
    },
  });
  app.route({
    method: 'GET',
    url: '/api/outbox/:id',
    config: { permission: 'integrations.read' },
    schema: { tags, summary: 'One message as it is sent', params, response: { 200: OutboxMessageDetail } },
    handler: async (request) => findOutboxMessage(context, request.params.id),
  });
  app.route({
    method: 'POST',
    url: '/api/outbox/:id/replay',
    config: { permission: 'integrations.edit' },
    schema: {
      tags,
      summary: 'Send a message again that was given up or dropped; under the same id',
      params,
      response: { 200: OutboxMessageDetail },
    },
    handler: async (request) => {
      await replayMessage(context, request.params.id, { user: requireUser(request), ip: request.ip });
      return findOutboxMessage(context, request.params.id);
    },
  });
  app.route({
    method: 'POST',
    url: '/api/outbox/:id/drop',
    config: { permission: 'integrations.edit' },
    schema: {
      tags,
      summary: 'Take a message out of the way, with a reason',
      params,
      body: Type.Object(
        { reason: Type.String({ minLength: 1, maxLength: 500 }) },
        { additionalProperties: false },
      ),
      response: { 200: OutboxMessageDetail },
    },
    handler: async (request) => {
      const by = { user: requireUser(request), ip: request.ip };
      await dropMessage(context, request.params.id, request.body.reason, by);
      return findOutboxMessage(context, request.params.id);
    },
  });
}
