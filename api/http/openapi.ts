import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

/** Collects the schemas of all routes registered after it. */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Xunjie console',
        version,
        description: 'Candidates, review, cases and their closed loop',
      },
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'xunjie_session' } } },
      security: [{ session: [] }],
    },
  });
}

export function registerOpenApiRoute(app: FastifyInstance): void {
  app.get('/api/openapi.json', { config: { permission: 'public' }, schema: { hide: true } }, async () =>
    app.swagger(),
  );
}
