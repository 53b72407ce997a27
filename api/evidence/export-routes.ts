import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { XunjieError } from '../../domain/mod.ts';
import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { exportPackage } from './export-package.ts';
import { requireReadablePackage } from './find-package.ts';

const Path = Type.Object({ manifestHash: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
const Query = Type.Object(
  {
    purpose: Type.String({
      minLength: 2,
      maxLength: 500,
      pattern: '\\S\\s*\\S',
      description: 'Why it is taken away; kept in the chain of custody',
    }),
  },
  { additionalProperties: false },
);

/** Packages as archives, for a file of a case or a court. */
export function registerExportRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/evidence/:manifestHash/export',
    exposeHeadRoute: false,
    config: { permission: 'evidence.read' },
    schema: {
      tags: ['evidence'],
      summary: 'A package as a tar archive: whole for who may see it whole, else its masked copies',
      params: Path,
      querystring: Query,
    },
    handler: async (request, reply) => {
      const user = requireUser(request);
      const found = await requireReadablePackage(context.db, request.params.manifestHash, user);
      if (found.isBlind)
        throw new XunjieError(
          'forbidden',
          'this package waits for your decision; it is not taken away before',
        );
      const { purpose } = request.query;
      const archive = await exportPackage(context, found, { user, ip: request.ip, purpose });
      return reply
        .type('application/x-tar')
        .header('content-disposition', `attachment; filename="${archive.fileName}"`)
        .header('content-length', archive.bytes)
        .header('cache-control', 'no-store')
        .send(Readable.from(archive.pieces));
    },
  });
}
