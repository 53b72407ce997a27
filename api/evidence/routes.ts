import type { FastifyReply, FastifyRequest } from 'fastify';
import sharp from 'sharp';
import { Type } from 'typebox';
import { XunjieError } from '../../domain/mod.ts';
import { isConfinedToUnit } from '../auth/permissions.ts';
import { requireUser, type User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Row } from '../database/tables.ts';
import type { App } from '../http/app.ts';
import { parseByteRange } from './byte-range.ts';

const Path = Type.Object({
  manifestHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  '*': Type.String({ minLength: 1, maxLength: 200 }),
});
const Query = Type.Object(
  {
    width: Type.Optional(
      Type.Integer({ minimum: 16, maximum: 1280, description: 'A smaller copy of a picture, px' }),
    ),
  },
  { additionalProperties: false },
);

interface PackageFile {
  readonly mediaType: string;
  /** `null` where the manifest does not give it (signature.json). */
  readonly sha256: string | null;
}

/** Files of sealed packages, as they are; `?width=` makes a small copy for lists, which is no evidence. */
export function registerEvidenceRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/evidence/:manifestHash/*',
    config: { permission: 'evidence.read' },
    schema: { tags: ['evidence'], summary: 'A file of a sealed package', params: Path, querystring: Query },
    handler: async (request, reply) => {
      const { manifestHash, '*': path } = request.params;
      const { width } = request.query;
      const file = await findFile(context, manifestHash, path, requireUser(request));
      const etag = toEtag(file, width);
      reply.header('cache-control', 'private, max-age=31536000, immutable');
      if (etag !== null) reply.header('etag', etag);
      if (etag !== null && request.headers['if-none-match'] === etag) return reply.status(304).send();
      const bytes = Buffer.from(await context.blobs.get(`packages/${manifestHash}/${path}`));
      if (width !== undefined && file.mediaType.startsWith('image/'))
        return reply.type('image/jpeg').send(await shrinkPicture(bytes, width));
      return sendRange(request, reply, bytes, file.mediaType);
    },
  });
}

async function findFile(
  context: ConsoleContext,
  manifestHash: string,
  path: string,
  user: User,
): Promise<PackageFile> {
  const sealed = await context.db
    .selectFrom('evidence')
    .leftJoin('case_file', 'case_file.candidate_id', 'evidence.candidate_id')
    .select(['evidence.items', 'case_file.unit_id'])
    .where('evidence.manifest_hash', '=', manifestHash)
    .executeTakeFirst();
  if (sealed === undefined)
    throw new XunjieError('not_found', `there is no evidence package ${manifestHash}`);
  if (isConfinedToUnit(user.roles) && (user.unit === null || user.unit.id !== sealed.unit_id))
    throw new XunjieError('forbidden', 'this evidence is not of a case with your unit');
  const file = describeFile(sealed.items, manifestHash, path);
  if (file === undefined) throw new XunjieError('not_found', `package ${manifestHash} has no file ${path}`);
  return file;
}

function describeFile(
  items: Row<'evidence'>['items'],
  manifestHash: string,
  path: string,
): PackageFile | undefined {
  if (path === 'manifest.json') return { mediaType: 'application/json', sha256: manifestHash };
  if (path === 'signature.json') return { mediaType: 'application/json', sha256: null };
  return items?.find((item) => item.path === path);
}

function toEtag(file: PackageFile, width: number | undefined): string | null {
  if (file.sha256 === null) return null;
  return width === undefined ? `"${file.sha256}"` : `"${file.sha256}-${width}"`;
}

function shrinkPicture(bytes: Buffer, width: number): Promise<Buffer> {
  return sharp(bytes)
    .timeout({ seconds: 10 })
    .resize({ width, withoutEnlargement: true })
    .jpeg({ quality: 75 })
    .toBuffer();
}

/** Players seek in clips: a single range is answered, anything else gets the whole file. */
function sendRange(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Buffer,
  mediaType: string,
): FastifyReply {
  reply.type(mediaType).header('accept-ranges', 'bytes');
  const range = parseByteRange(request.headers.range, bytes.length);
  if (range === null) return reply.send(bytes);
  if (range === 'unsatisfiable')
    return reply.status(416).header('content-range', `bytes */${bytes.length}`).send();
  const { from, to } = range;
  return reply
    .status(206)
    .header('content-range', `bytes ${from}-${to}/${bytes.length}`)
    .send(bytes.subarray(from, to + 1));
}
