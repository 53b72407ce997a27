import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** A squad's phone says where it stands; nothing else of a device is for these pages. */
const permissionsPolicy =
  'geolocation=(self), camera=(), microphone=(), payment=(), usb=(), serial=(), bluetooth=(), display-capture=()';

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
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: false, // said below, and only where it holds
  });
  app.addHook('onSend', async (request, reply) => {
    reply.header('permissions-policy', permissionsPolicy);
    // A plain-http address in the city's own network must go on working.
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
  });
}
