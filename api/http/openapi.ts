import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { errorCodes } from '../../domain/mod.ts';
import { listPosts } from '../auth/permissions.ts';

const docsUrl = '/api/docs';

const description = `Candidates, review, cases and their closed loop, and the doors to other systems.

Log in with \`POST /api/session\`; the session is a cookie. Times are ISO 8601 with offset, coordinates of pictures 0 to 1, places WGS 84 degrees.
Every refusal has the same shape: a code that does not change, and a line for a person. Lists come in pages: \`nextCursor\` goes back as \`cursor\`.
Steps on a case take the \`version\` that the caller has seen; who comes second gets 409.`;

/** Collects the schemas of all routes registered after it. */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  // The page's own files are for everybody, as the document is.
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith(docsUrl)) route.config = { ...route.config, permission: 'public' };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Xunjie console',
        version,
        description,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'xunjie_session',
            description: 'Set by POST /api/session',
          },
        },
        schemas: { Error: errorSchema },
        responses: {
          Error: {
            description: 'Refused or failed',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
          },
        },
      },
      security: [{ session: [] }],
    },
    transform: ({ schema, url, route }) => ({ schema: describeRoute(schema, url, route), url }),
    transformObject: (document) => {
      const spec = 'openapiObject' in document ? document.openapiObject : {};
      for (const [path, operations] of Object.entries(spec.paths ?? {}))
        for (const operation of Object.values(operations ?? {}))
          if (isOperation(operation)) describeResponses(path, operation);
      return toModernTuples(spec) as typeof spec;
    },
  });
}

/** The document, and a page that shows it. Comes last: the page is a caller like others, with its limits. */
export async function registerOpenApiRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: docsUrl,
    uiConfig: { docExpansion: 'none', defaultModelsExpandDepth: 0, tryItOutEnabled: false },
    theme: {
      title: 'Xunjie API',
      // No bar of the page's maker, and no field to load another document with.
      css: [{ filename: 'plain.css', content: '.swagger-ui .topbar { display: none }' }],
    },
  });

  app.get('/api/openapi.json', { config: { permission: 'public' }, schema: { hide: true } }, async () =>
    app.swagger(),
  );
}

const errorSchema = {
  type: 'object' as const,
  required: ['error'],
  properties: {
    error: {
      type: 'object' as const,
      required: ['code', 'message', 'details'],
      properties: {
        code: { type: 'string' as const, enum: Object.keys(errorCodes) },
        message: { type: 'string' as const, description: 'One line: what, where, why' },
        details: { type: 'object' as const, additionalProperties: true },
      },
    },
  },
  examples: [
    {
      error: {
        code: 'conflict',
        message: 'case 33038120201203000001 has changed: it is at version 4, not 3',
        details: { version: 4 },
      },
    },
  ],
};

/** Says who may call it, and gives each operation a name of its own. */
function describeRoute(schema: FastifySchema | undefined, url: string, route: RouteOptions): FastifySchema {
  const permission = route.config?.permission ?? 'public';
  const given: Record<string, unknown> = { ...schema };
  const who =
    permission === 'public'
      ? 'For everybody.'
      : permission === 'session'
        ? 'For everybody who is logged in.'
        : `Permission \`${permission}\`: ${listPosts(permission).join(', ')}.`;
  const before = typeof given['description'] === 'string' ? `${given['description']}\n\n` : '';
  return {
    ...given,
    operationId: toOperationId(String(route.method), url),
    description: `${before}${who}`,
    ...(permission === 'public' && { security: [] }),
  };
}

/** `GET /api/cases/:caseNo` → `get_api_cases_caseNo`. */
function toOperationId(method: string, url: string): string {
  return `${method.toLowerCase()}${url.replaceAll('*', 'file').replace(/[^A-Za-z0-9]+/g, '_')}`.replace(
    /_$/,
    '',
  );
}

interface Operation {
  responses: Record<string, { content?: unknown } | { $ref: string }>;
}

function describeResponses(path: string, operation: Operation): void {
  // What is no JSON has no parts that a schema could name.
  for (const { content } of Object.values(operation.responses).filter(hasContent))
    for (const type of Object.keys(content).filter((each) => each.startsWith('text/')))
      content[type] = { schema: { type: 'string' } };
  const empty = operation.responses['204'];
  if (empty !== undefined && 'content' in empty) delete empty.content;
  // Open311 and GA/T 1400 tell their errors in forms of their own.
  if (path.startsWith('/api/')) operation.responses['default'] = { $ref: '#/components/responses/Error' };
}

/** Tuples come as older drafts of JSON Schema wrote them; OpenAPI 3.1 has those of 2020-12. */
function toModernTuples(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toModernTuples);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => [key, toModernTuples(each)]);
  const { items, additionalItems, ...rest } = Object.fromEntries(entries);
  if (!Array.isArray(items)) return Object.fromEntries(entries);
  return { ...rest, prefixItems: items, ...(additionalItems === false && { items: false }) };
}

function hasContent(response: object): response is { content: Record<string, unknown> } {
  return 'content' in response && typeof response.content === 'object' && response.content !== null;
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'responses' in value;
}
