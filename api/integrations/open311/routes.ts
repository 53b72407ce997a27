import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { toZonedIso, XunjieError } from '../../../domain/mod.ts';
import { findMachine, type Machine } from '../../auth/keys/api-key.ts';
import type { ConsoleContext } from '../../context.ts';
import { listAllowedMethods } from '../../http/allowed-methods.ts';
import type { App } from '../../http/app.ts';
import { answer, answerProblems, Open311Refusal, refuse, stripEnding } from './answer.ts';
import { createRequest } from './create-request.ts';
import { maxMultipartBytes, multipartLimits, parseForm, readMultipart, toForm } from './read-form.ts';
import { findRequest, listRequests } from './requests.ts';
import { findService, listServices, toDefinition, toServiceView } from './services.ts';

const tags = ['open311'];
const prefix = '/open311/v2';
const endings = ['.json', '.xml', ''] as const;
const maxFormBytes = 64 * 1024;
const reading = { permission: 'public', rateLimit: { max: 300, timeWindow: '1 minute' } } as const;
const writing = { permission: 'public', rateLimit: { max: 60, timeWindow: '1 minute' } } as const;

const text = (maxLength: number, description?: string) =>
  Type.Optional(Type.String({ maxLength, ...(description !== undefined && { description }) }));

/** JSON has numbers for places and codes, and lists for what may be chosen several times. */
const field = (maxLength: number, description?: string) =>
  Type.Optional(
    Type.Union(
      [Type.String({ maxLength }), Type.Number(), Type.Array(Type.String({ maxLength }), { maxItems: 100 })],
      { ...(description !== undefined && { description }) },
    ),
  );

const Common = { jurisdiction_id: text(100, 'The area code of this city; may be left out') };
const ListQuery = Type.Object({
  ...Common,
  service_request_id: text(20_000, 'Ids, separated by commas; stand before the other filters'),
  service_code: text(2000, 'Codes, separated by commas'),
  start_date: text(40, 'W3C date and time with zone; spans of at most 90 days'),
  end_date: text(40),
  status: text(40, 'open, closed'),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});
const RequestForm = Type.Object(
  {
    api_key: text(200, 'May stand in the query instead'),
    ...Common,
    service_code: field(100),
    lat: field(40),
    long: field(40),
    address_string: field(1000),
    address_id: field(1000),
    description: field(10_000),
    email: field(1000, 'Kept encrypted, never published'),
    phone: field(1000, 'Kept encrypted, never published'),
    first_name: field(1000, 'Kept encrypted, never published'),
    last_name: field(1000, 'Kept encrypted, never published'),
    device_id: field(1000),
    account_id: field(1000),
    media_url: field(1000, 'Kept, not fetched'),
    'attribute[LEVEL]': field(100, 'normal, urgent'),
    'attribute[LANDMARK]': field(1000),
  },
  { additionalProperties: true },
);
const Anything = Type.Unknown({ description: 'As GeoReport v2 has it, in XML or JSON' });
const response = { 200: Anything, 400: Anything, 404: Anything };

/** Pages of these origins may read, which anybody may; they may not report, or their key would be everybody's. */
function allowReading(scope: App, origins: readonly string[]): void {
  scope.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origins.length === 0 || !['GET', 'HEAD'].includes(request.method)) return;
    reply.header('vary', 'origin');
    if (origin !== undefined && (origins.includes('*') || origins.includes(origin)))
      reply.header('access-control-allow-origin', origins.includes('*') ? '*' : origin);
  });
}

/** Open311 GeoReport v2: reports by the public's own apps, and what became of them. */
export async function registerOpen311(app: App, context: ConsoleContext): Promise<void> {
  await app.register(
    async (plain) => {
      const scope: App = plain.withTypeProvider();
      allowReading(scope, context.open311Origins);
      scope.decorateRequest('formPhotos', null as never);
      await scope.register(multipart, { limits: multipartLimits, throwFileSizeLimit: true });
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string', bodyLimit: maxFormBytes },
        (_request, body, done) => done(null, parseForm(String(body))),
      );
      scope.setErrorHandler(async (thrown, request, reply) => {
        if (thrown instanceof Open311Refusal) return answerProblems(request, reply, thrown.problems);
        const status = toStatus(thrown);
        if (status >= 500) throw thrown;
        const description = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : '';
        return answerProblems(request, reply, [{ code: status, description }]);
      });
      scope.setNotFoundHandler((request, reply) => {
        const { pathname } = new URL(request.url, 'http://localhost');
        const own = app.accessTable.filter(({ url }) => url.startsWith(`${prefix}/`));
        const allowed = listAllowedMethods(own, pathname);
        if (allowed.length === 0)
          answerProblems(request, reply, [{ code: 404, description: 'there is nothing at this address' }]);
        else
          answerProblems(request, reply.header('allow', allowed.join(', ')), [
            { code: 405, description: `${pathname} knows ${allowed.join(', ')}, not ${request.method}` },
          ]);
      });
      for (const ending of endings) {
        registerDiscovery(scope, context, ending);
        registerServices(scope, context, ending);
        registerRequests(scope, context, ending);
      }
      registerSingle(scope, context);
    },
    { prefix },
  );
}

function registerDiscovery(scope: App, context: ConsoleContext, ending: string): void {
  scope.route({
    method: 'GET',
    url: `/discovery${ending}`,
    config: reading,
    schema: {
      tags,
      hide: ending === '',
      produces: toTypes(ending),
      summary: 'Where and how to ask',
      response,
    },
    handler: async (request, reply) => {
      const base = `${request.protocol}://${request.host}${prefix}`;
      return answer(request, reply, 'discovery', {
        changeset: toZonedIso(Date.UTC(2026, 10, 30), context.timeZone),
        contact: 'Ask the command centre for an api_key',
        key_service: 'Keys are made in the console, under integrations',
        endpoints: [
          {
            specification: 'http://wiki.open311.org/GeoReport_v2',
            url: base,
            changeset: toZonedIso(Date.UTC(2026, 10, 30), context.timeZone),
            type: 'production',
            formats: ['text/xml', 'application/json'],
          },
        ],
      });
    },
  });
}

function registerServices(scope: App, context: ConsoleContext, ending: string): void {
  scope.route({
    method: 'GET',
    url: `/services${ending}`,
    config: reading,
    schema: {
      tags,
      hide: ending === '',
      produces: toTypes(ending),
      summary: 'What can be reported',
      querystring: Type.Object(Common),
      response,
    },
    handler: async (request, reply) => {
      requireJurisdiction(context, request.query.jurisdiction_id);
      const services = await listServices(context.db);
      return answer(request, reply, 'services', services.map(toServiceView));
    },
  });
}

function registerRequests(scope: App, context: ConsoleContext, ending: string): void {
  scope.route({
    method: 'GET',
    url: `/requests${ending}`,
    config: reading,
    schema: {
      tags,
      hide: ending === '',
      produces: toTypes(ending),
      summary: 'What was reported and what became of it',
      querystring: ListQuery,
      response,
    },
    handler: async (request, reply) => {
      requireJurisdiction(context, request.query.jurisdiction_id);
      return answer(request, reply, 'service_requests', await listRequests(context, request.query));
    },
  });
  scope.route({
    method: 'POST',
    url: `/requests${ending}`,
    config: writing,
    schema: {
      tags,
      hide: ending === '',
      produces: toTypes(ending),
      summary: 'Report a problem; a form, with an api_key',
      description:
        'A form, a multipart form with pictures as `media`, or JSON. With pictures api_key stands in the query or before them.',
      consumes: ['application/x-www-form-urlencoded', 'multipart/form-data', 'application/json'],
      querystring: Type.Object({ ...Common, api_key: text(200) }),
      body: RequestForm,
      // Clients of the field know 200 alone for "it was made".
      response: { ...response, 403: Anything, 413: Anything, 415: Anything },
    },
    bodyLimit: maxMultipartBytes,
    preValidation: async (request) => {
      if (request.isMultipart())
        await readMultipart(request, (fields) =>
          requireKey(context, request, String(fields['api_key'] ?? '')),
        );
    },
    handler: async (request, reply) => {
      const form = toForm(request.body);
      requireJurisdiction(context, request.query.jurisdiction_id ?? request.body.jurisdiction_id);
      const { user } = await requireKey(context, request, request.body.api_key ?? '');
      const id = await createRequest(context, form, request.formPhotos ?? [], { user, ip: request.ip });
      const accountId = typeof form['account_id'] === 'string' ? form['account_id'] : null;
      const made = { service_request_id: id, service_notice: null, account_id: accountId };
      return answer(request, reply, 'service_requests', [made]);
    },
  });
}

/** The system behind the key, in the query or else in the form. */
async function requireKey(
  context: ConsoleContext,
  request: FastifyRequest,
  ofForm: string,
): Promise<Machine> {
  const { api_key: ofQuery } = request.query as { readonly api_key?: string };
  const key = ofQuery ?? ofForm;
  if (key === '') throw refuse(403, 'api_key was not provided');
  const machine = await findMachine(context, key, request.ip);
  if (machine === null) throw refuse(403, 'api_key is not valid');
  if (!machine.scopes.includes('reports.add')) throw refuse(403, 'api_key has not the scope reports.add');
  return machine;
}

/** Addresses that name one thing; its ending is part of the name as the router sees it. */
function registerSingle(scope: App, context: ConsoleContext): void {
  const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 120 }) });
  const querystring = Type.Object(Common);
  const common = { tags, params, querystring, produces: toTypes(''), response };
  scope.route({
    method: 'GET',
    url: '/services/:id',
    config: reading,
    schema: {
      ...common,
      summary: 'What more may be said of a kind of problem; `.json` or `.xml` at the end',
    },
    handler: async (request, reply) => {
      requireJurisdiction(context, request.query.jurisdiction_id);
      const service = await findService(context.db, stripEnding(request.params.id));
      return answer(request, reply, 'service_definition', toDefinition(service));
    },
  });
  scope.route({
    method: 'GET',
    url: '/requests/:id',
    config: reading,
    schema: { ...common, summary: 'One request; `.json` or `.xml` at the end' },
    handler: async (request, reply) => {
      requireJurisdiction(context, request.query.jurisdiction_id);
      const found = await findRequest(context, stripEnding(request.params.id));
      return answer(request, reply, 'service_requests', [found]);
    },
  });
  scope.route({
    method: 'GET',
    url: '/tokens/:id',
    config: reading,
    schema: { ...common, summary: 'The id behind a token; ids are given at once, so each is its own token' },
    handler: async (request, reply) => {
      requireJurisdiction(context, request.query.jurisdiction_id);
      const token = stripEnding(request.params.id);
      const { service_request_id: id } = await findRequest(context, token).catch(() => {
        throw refuse(404, `token ${token} was not found`);
      });
      return answer(request, reply, 'service_requests', [{ service_request_id: id, token }]);
    },
  });
}

/** In which forms an address answers, by its ending. */
function toTypes(ending: string): string[] {
  return ['text/xml', 'application/json'].filter((type) => ending === '' || type.endsWith(ending.slice(1)));
}

function requireJurisdiction({ areaCode }: ConsoleContext, given: string | undefined): void {
  if (given !== undefined && given !== '' && given !== areaCode)
    throw refuse(404, `jurisdiction_id ${given} was not found; this is ${areaCode}`);
}

function toStatus(thrown: unknown): number {
  if (thrown instanceof XunjieError) return thrown.status;
  if (thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number')
    return thrown.statusCode;
  return 500;
}
