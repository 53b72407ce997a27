import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** The page may load only what this server serves; pictures also from blobs that it made itself (photo previews). */
export async function registerSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    // A plain-http address in the city's own network must go on working; the proxy that ends TLS sets this.
    strictTransportSecurity: false,
  });
}
