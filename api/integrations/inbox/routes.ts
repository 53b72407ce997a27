import { Type } from 'typebox';
import { XunjieError } from '../../../domain/mod.ts';
import { appendAudit } from '../../audit/append-audit.ts';
import { requireUser } from '../../auth/user.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Row } from '../../database/tables.ts';
import type { App } from '../../http/app.ts';
import { checkWebhookSignature } from '../outgoing/webhook-signature.ts';
import { openSecrets } from '../registry/secret.ts';
import { noIntegration } from '../registry/view.ts';
import { InboxMessage, InboxQuery, listInbox, listPositions, MovingThing, TakenView } from './messages.ts';
import { replayInbox, takeMessage } from './take-message.ts';

const tags = ['integrations'];
const maxBytes = 256 * 1024;
const Path = Type.Object({ integration: Type.String({ minLength: 1, maxLength: 64 }) });

/** Where other systems bring what they have to say. The signature is their login. */
export async function registerInboxRoutes(app: App, context: ConsoleContext): Promise<void> {
  await app.register(async (plain) => registerIntake(plain.withTypeProvider(), context));
  app.route({
    method: 'GET',
    url: '/api/inbox',
    config: { permission: 'integrations.read' },
    schema: {
      tags,
      summary: 'What other systems have brought, newest first, and what came of it',
      querystring: InboxQuery,
      response: { 200: Type.Array(InboxMessage) },
    },
    handler: async (request) => listInbox(context, request.query),
  });
  app.route({
    method: 'POST',
    url: '/api/inbox/:integration/replay',
    config: { permission: 'integrations.edit' },
    schema: {
      tags,
      summary: 'Apply a message once more that was refused or failed',
      params: Path,
      body: Type.Object(
        { message: Type.String({ minLength: 1, maxLength: 200 }) },
        { additionalProperties: false },
      ),
      response: { 200: TakenView },
    },
    handler: async (request) => {
      const user = requireUser(request);
      const from = await findIntegrationRow(context, request.params.integration);
      const { message } = request.body;
      const taken = await replayInbox(context, from, message);
      await appendAudit(context.db, {
        atMs: context.nowMs(),
        actor: user.username,
        action: 'inbox.replay',
        objectKind: 'inbox_message',
        objectId: `${from.id}/${message}`,
        result: taken.state === 'applied' ? 'done' : 'refused',
        ip: request.ip,
        details: { result: taken.result },
      });
      return taken;
    },
  });
  app.route({
    method: 'GET',
    url: '/api/positions',
    config: { permission: 'cases.read' },
    schema: {
      tags,
      summary: 'Where vehicles and workers of other platforms were last, for the map',
      response: { 200: Type.Array(MovingThing) },
    },
    handler: async (request) => listPositions(context, requireUser(request)),
  });
}

function registerIntake(scope: App, context: ConsoleContext): void {
  // The signature is over the bytes as they came.
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: maxBytes },
    (_request, body, done) => done(null, String(body)),
  );
  scope.route({
    method: 'POST',
    url: '/api/inbox/:integration',
    config: { permission: 'public', rateLimit: { max: 6000, timeWindow: '1 minute' } },
    schema: {
      tags,
      summary:
        'A message of another system, signed as Standard Webhooks has it; the same id again does nothing',
      description:
        'JSON `{"type": "vehicle.position", "data": {...}}` with the headers webhook-id, webhook-timestamp and webhook-signature.',
      params: Path,
      response: { 200: TakenView, 422: TakenView },
    },
    handler: async (request, reply) => {
      const from = await authenticate(context, request.params.integration, request.headers, request.body);
      const taken = await takeMessage(context, from, {
        id: String(request.headers['webhook-id']).slice(0, 200),
        ...parseMessage(request.body),
      });
      if (taken.state === 'failed')
        throw new XunjieError('internal', `message of ${from.id}: ${taken.result}`);
      return reply.status(taken.state === 'applied' ? 200 : 422).send(taken);
    },
  });
}

/** A system that is not known and a signature that does not fit look the same. */
async function authenticate(
  context: ConsoleContext,
  id: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: unknown,
): Promise<Row<'integration'>> {
  const refusal = () => new XunjieError('unauthenticated', 'the signature is not that of a known system');
  const row = await findIntegrationRow(context, id).catch(() => null);
  if (row === null || row.direction === 'out' || typeof body !== 'string') throw refusal();
  const read = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  const problem = checkWebhookSignature(openSecrets(context, row, context.nowMs()), {
    id: read('webhook-id'),
    timestamp: read('webhook-timestamp'),
    signature: read('webhook-signature'),
    body,
    nowMs: context.nowMs(),
  });
  if (problem !== null) throw refusal();
  if (row.state === 'disabled') throw new XunjieError('forbidden', `${id} is disabled`);
  return row;
}

function parseMessage(body: unknown): { type: string; data: Record<string, unknown> } {
  let value: unknown;
  try {
    value = JSON.parse(String(body));
  } catch {
    throw new XunjieError('bad_request', 'body: is not JSON');
  }
  const { type, data = {} } = (typeof value === 'object' && value !== null ? value : {}) as {
    type?: unknown;
    data?: unknown;
  };
  if (typeof type !== 'string' || !/^[a-z_]{1,40}(?:\.[a-z_]{1,40})?$/.test(type))
    throw new XunjieError('bad_request', 'body.type: is not a type of message');
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new XunjieError('bad_request', 'body.data: is not an object');
  // NUL and halves of surrogate pairs, which JSON spells as escapes when it is written again.
  if (/\\u(?:0000|d[89a-f])/i.test(JSON.stringify(data)))
    throw new XunjieError('bad_request', 'body.data: holds a character that cannot be kept');
  return { type, data: data as Record<string, unknown> };
}

async function findIntegrationRow({ db }: ConsoleContext, id: string): Promise<Row<'integration'>> {
  const row = await db.selectFrom('integration').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw noIntegration(id);
  return row;
}
