import { Type } from 'typebox';
import type { ConsoleContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { requireUser } from '../user.ts';
import { createKey, KeyBody, KeyView, listKeys, revokeKey } from './key-store.ts';

const tags = ['keys'];

/** Keys of other systems. */
export function registerKeyRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/keys',
    config: { permission: 'keys.read' },
    schema: {
      tags,
      summary: 'Keys of other systems, without their secrets',
      response: { 200: Type.Array(KeyView) },
    },
    handler: async () => listKeys(context),
  });
  app.route({
    method: 'POST',
    url: '/api/keys',
    config: { permission: 'keys.make' },
    schema: {
      tags,
      summary: 'Make a key; the token is in this answer alone',
      body: KeyBody,
      response: { 201: Type.Object({ key: KeyView, token: Type.String() }) },
    },
    handler: async (request, reply) =>
      reply
        .status(201)
        .send(await createKey(context, request.body, { user: requireUser(request), ip: request.ip })),
  });
  app.route({
    method: 'POST',
    url: '/api/keys/:id/revoke',
    config: { permission: 'keys.revoke' },
    schema: {
      tags,
      summary: 'Revoke a key at once and for good',
      params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }),
      response: { 200: KeyView },
    },
    handler: async (request) =>
      revokeKey(context, request.params.id, { user: requireUser(request), ip: request.ip }),
  });
}
