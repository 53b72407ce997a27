import { Type } from 'typebox';
import { requireUser } from '../../auth/user.ts';
import type { ConsoleContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { Empty } from '../../http/schema.ts';
import {
  addIntegration,
  changeIntegration,
  deleteIntegration,
  pingIntegration,
  rotateSecret,
  switchIntegration,
} from './integration-store.ts';
import { ChangedIntegration, IntegrationView, IntegrationWithSecret, NewIntegration } from './schema.ts';
import { findIntegration, listIntegrations } from './view.ts';

const tags = ['integrations'];
const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const edit = { permission: 'integrations.edit' } as const;

/** The systems that the city is connected with: webhooks, 掌上执法, sanitation, greening, muck-truck and other platforms. */
export function registerIntegrationRoutes(app: App, context: ConsoleContext): void {
  const { db } = context;
  app.route({
    method: 'GET',
    url: '/api/integrations',
    config: { permission: 'integrations.read' },
    schema: {
      tags,
      summary: 'All connected systems with their health',
      response: { 200: Type.Array(IntegrationView) },
    },
    handler: async () => listIntegrations(context, db),
  });
  app.route({
    method: 'POST',
    url: '/api/integrations',
    config: edit,
    schema: {
      tags,
      summary: 'Connect a system; the reply has its secret, once',
      body: NewIntegration,
      response: { 201: IntegrationWithSecret },
    },
    handler: async (request, reply) => {
      const by = { user: requireUser(request), ip: request.ip };
      const secret = await addIntegration(context, request.body, by);
      return reply
        .status(201)
        .send({ secret, integration: await findIntegration(context, db, request.body.id) });
    },
  });
  app.route({
    method: 'GET',
    url: '/api/integrations/:id',
    config: { permission: 'integrations.read' },
    schema: { tags, summary: 'One connected system', params, response: { 200: IntegrationView } },
    handler: async (request) => findIntegration(context, db, request.params.id),
  });
  app.route({
    method: 'PUT',
    url: '/api/integrations/:id',
    config: edit,
    schema: {
      tags,
      summary: 'Change what a system is sent and where',
      params,
      body: ChangedIntegration,
      response: { 200: IntegrationView },
    },
    handler: async (request) => {
      const by = { user: requireUser(request), ip: request.ip };
      await changeIntegration(context, request.params.id, request.body, by);
      return findIntegration(context, db, request.params.id);
    },
  });
  app.route({
    method: 'DELETE',
    url: '/api/integrations/:id',
    config: edit,
    schema: { tags, summary: 'Disconnect a system, with its messages', params, response: { 204: Empty } },
    handler: async (request, reply) => {
      await deleteIntegration(context, request.params.id, { user: requireUser(request), ip: request.ip });
      return reply.status(204).send();
    },
  });
  registerIntegrationActs(app, context);
}

function registerIntegrationActs(app: App, context: ConsoleContext): void {
  const { db } = context;
  app.route({
    method: 'POST',
    url: '/api/integrations/:id/state',
    config: edit,
    schema: {
      tags,
      summary: 'Enable or disable a system; what waits for a disabled one stays',
      params,
      body: Type.Object(
        {
          state: Type.Enum(['enabled', 'disabled']),
          reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
        },
        { additionalProperties: false },
      ),
      response: { 200: IntegrationView },
    },
    handler: async (request) => {
      const { state, reason = null } = request.body;
      const by = { user: requireUser(request), ip: request.ip };
      await switchIntegration(context, request.params.id, state, reason, by);
      return findIntegration(context, db, request.params.id);
    },
  });
  app.route({
    method: 'POST',
    url: '/api/integrations/:id/rotate-secret',
    config: edit,
    schema: {
      tags,
      summary: 'Make a new secret; the one before holds for 24 hours more',
      params,
      response: { 200: IntegrationWithSecret },
    },
    handler: async (request) => {
      const { id } = request.params;
      const secret = await rotateSecret(context, id, { user: requireUser(request), ip: request.ip });
      return { secret, integration: await findIntegration(context, db, id) };
    },
  });
  app.route({
    method: 'POST',
    url: '/api/integrations/:id/ping',
    config: edit,
    schema: {
      tags,
      summary: 'Queue a message of type integration.ping',
      params,
      response: { 202: Type.Object({ queued: Type.Literal(true) }) },
    },
    handler: async (request, reply) => {
      await pingIntegration(context, request.params.id, { user: requireUser(request), ip: request.ip });
      return reply.status(202).send({ queued: true as const });
    },
  });
}
