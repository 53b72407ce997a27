import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { toLocalTime, XunjieError } from '../../domain/mod.ts';
import { requireUser } from '../auth/user.ts';
import { findGridAt } from '../cases/route-case.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { Empty, Nullable } from '../http/schema.ts';
import { RegistryView, toRegistryView } from './describe-registry.ts';
import { findCollectors } from './find-collectors.ts';
import { HistoryEntry, listHistory } from './list-history.ts';
import { formatCsvRow, parseCsv } from './parse-csv.ts';
import { parseGeoJson } from './parse-geojson.ts';
import { type Registry, registries } from './registries.ts';
import {
  deleteEntry,
  type Editor,
  findEntry,
  importEntries,
  listEntries,
  putEntry,
} from './registry-store.ts';

const maxFileBytes = 8 * 1024 * 1024;
const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);
const Entry = Type.Record(Type.String(), Value);
const Key = Type.Object({ key: Type.String({ minLength: 1, maxLength: 300 }) });

/** Each registry is listed, read, written, deleted and imported the same way; one registry, one set of routes. */
export function registerRegistryRoutes(app: App, context: ConsoleContext): void {
  // Only here: no other route takes a file as its body.
  for (const type of ['text/csv', 'application/geo+json'])
    app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: maxFileBytes }, (_request, body, done) =>
      done(null, body),
    );
  app.route({
    method: 'GET',
    url: '/api/registries',
    config: { permission: 'session' },
    schema: {
      tags: ['registries'],
      summary: 'What is kept, of which fields, and whether the caller may change it',
      response: { 200: Type.Array(RegistryView) },
    },
    handler: async (request) => {
      const { roles } = requireUser(request);
      return registries.map((registry) => toRegistryView(registry, roles));
    },
  });
  for (const registry of registries) {
    registerReading(app, context, registry);
    registerWriting(app, context, registry);
  }
  app.route({
    method: 'GET',
    url: '/api/grids/at',
    config: { permission: 'session' },
    schema: {
      tags: ['registries'],
      summary: 'The responsibility grid of a point, and who collects there on a day',
      querystring: Type.Object(
        {
          lon: Type.Number({ minimum: -180, maximum: 180 }),
          lat: Type.Number({ minimum: -90, maximum: 90 }),
        },
        { additionalProperties: false },
      ),
      response: {
        200: Type.Object({ grid: Nullable(Type.String()), collectors: Type.Array(Type.String()) }),
      },
    },
    handler: async (request) => {
      const grid = await findGridAt(context.db, request.query);
      const { date } = toLocalTime(context.nowMs(), context.timeZone);
      const collectors = grid === null ? [] : await findCollectors(context.db, grid, date);
      return { grid, collectors: collectors.map(({ id }) => id) };
    },
  });
}

function registerReading(app: App, context: ConsoleContext, registry: Registry): void {
  const url = `/api/registries/${registry.name}`;
  const tags = ['registries'];
  app.route({
    method: 'GET',
    url,
    config: { permission: 'session' },
    schema: {
      tags,
      summary: `All ${registry.name}; as CSV with format=csv`,
      querystring: Type.Object(
        { format: Type.Optional(Type.Enum(['json', 'csv'])) },
        { additionalProperties: false },
      ),
      produces: ['application/json', 'text/csv'],
      response: { 200: Type.Array(Entry) },
    },
    handler: async (request, reply) => {
      const entries = await listEntries(context.db, registry);
      if (request.query.format !== 'csv') return entries;
      const names = registry.fields.map(({ name }) => name);
      const lines = [names, ...entries.map((entry) => names.map((name) => entry[name] ?? null))];
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${registry.name}.csv"`)
        .serializer((text: unknown) => String(text))
        .send(lines.map((line) => formatCsvRow(line)).join('') as never);
    },
  });
  app.route({
    method: 'GET',
    url: `${url}/:key`,
    config: { permission: 'session' },
    schema: { tags, summary: `One of ${registry.name}`, params: Key, response: { 200: Entry } },
    handler: async (request) => findEntry(context.db, registry, request.params.key),
  });
}

function registerWriting(app: App, context: ConsoleContext, registry: Registry): void {
  const url = `/api/registries/${registry.name}`;
  const tags = ['registries'];
  const config = { permission: registry.edit };
  app.route({
    method: 'PUT',
    url: `${url}/:key`,
    config,
    schema: {
      tags,
      summary: `Make or replace one of ${registry.name}: ${describe(registry)}`,
      params: Key,
      body: Entry,
      response: { 200: Entry },
    },
    handler: async (request) => {
      const { revision = null, ...values } = request.body;
      return putEntry(
        context,
        registry,
        request.params.key,
        { values: toValues(values), revision: revision === null ? null : String(revision) },
        toEditor(request),
      );
    },
  });
  app.route({
    method: 'DELETE',
    url: `${url}/:key`,
    config,
    schema: { tags, summary: `Delete one of ${registry.name}`, params: Key, response: { 204: Empty } },
    handler: async (request, reply) => {
      await deleteEntry(context, registry, request.params.key, toEditor(request));
      return reply.status(204).send();
    },
  });
  app.route({
    method: 'POST',
    url: `${url}/import`,
    config,
    schema: {
      tags,
      summary: `Import ${registry.name} from CSV${registry.name === 'grids' ? ' or GeoJSON' : ''}: all of it or nothing`,
      querystring: Type.Object(
        {
          dryRun: Type.Optional(
            Type.Enum(['true', 'false'], { description: 'true: checked and counted, nothing is kept' }),
          ),
        },
        { additionalProperties: false },
      ),
      response: {
        200: Type.Object({ added: Type.Integer(), changed: Type.Integer(), unchanged: Type.Integer() }),
      },
    },
    handler: async (request) =>
      importEntries(
        context,
        registry,
        readFile(
          registry,
          request.headers['content-type'] ?? '',
          decodeFile(request.headers['content-type'] ?? '', request.body),
        ),
        toEditor(request),
        request.query.dryRun === 'true' ? 'try' : 'write',
      ),
  });
  app.route({
    method: 'GET',
    url: `${url}/:key/history`,
    config,
    schema: {
      tags,
      summary: `What was done to one of ${registry.name}, newest first`,
      params: Key,
      response: { 200: Type.Array(HistoryEntry) },
    },
    handler: async (request) => listHistory(context, registry, request.params.key),
  });
}

/** The records of a file by its kind. Only grids have a shape, and with it GeoJSON. */
export function readFile(registry: Registry, type: string, body: string) {
  if (!type.startsWith('application/geo+json'))
    return { records: parseCsv(body).records, unit: 'line' as const };
  if (registry.name !== 'grids')
    throw new XunjieError('bad_request', `${registry.name} have no shape; send CSV`);
  return { records: parseGeoJson(body), unit: 'feature' as const };
}

/** Spreadsheets here still write GBK: what is not UTF-8 is refused, never guessed at, unless the request says what it is. */
function decodeFile(type: string, body: unknown): string {
  if (!Buffer.isBuffer(body))
    throw new XunjieError('bad_request', 'send the file as the body, as text/csv or application/geo+json');
  const charset = /charset="?(?<name>[\w-]+)/i.exec(type)?.groups?.['name']?.toLowerCase() ?? 'utf-8';
  if (!['utf-8', 'utf8', 'gbk', 'gb2312', 'gb18030'].includes(charset))
    throw new XunjieError('bad_request', `charset ${charset} is not read; send UTF-8 or GB18030`);
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body);
  } catch (error) {
    throw new XunjieError(
      'bad_request',
      `the file is not ${charset}; a file in GBK is sent as "text/csv; charset=gb18030"`,
      { cause: error },
    );
  }
}

function toEditor(request: FastifyRequest): Editor {
  return { user: requireUser(request), ip: request.ip };
}

function toValues(body: Readonly<Record<string, string | number | boolean | null>>): Map<string, string> {
  return new Map(Object.entries(body).map(([name, value]) => [name, value === null ? '' : String(value)]));
}

function describe({ fields }: Registry): string {
  return fields
    .map(
      ({ name, isRequired, description }) =>
        `${name}${isRequired ? '' : '?'}${description === '' ? '' : ` (${description})`}`,
    )
    .join(', ');
}
