import type { FastifyReply, FastifyRequest } from 'fastify';
import sharp from 'sharp';
import { Type } from 'typebox';
import { type EvidenceItem, timeStampFile, XunjieError } from '../../domain/mod.ts';
import type { BlobStore } from '../../platform/mod.ts';
import { isInReach } from '../auth/reach.ts';
import { requireUser, type User } from '../auth/user.ts';
import { noteShownStill } from '../candidates/shown-stills.ts';
import type { ConsoleContext } from '../context.ts';
import { recordView } from '../custody/record-view.ts';
import type { Row } from '../database/tables.ts';
import type { App } from '../http/app.ts';
import { parseByteRange } from './byte-range.ts';
import { maySeeUnmasked } from './unmasked.ts';

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
  /** `null` where the manifest does not give it (signature, time stamp). */
  readonly sha256: string | null;
  /** Size; `null` for the small files that the manifest does not list. */
  readonly bytes: number | null;
  /** What it shows; `null` for manifest and signature. */
  readonly kind: EvidenceItem['kind'] | null;
  readonly moment: EvidenceItem['moment'] | null;
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
      const user = requireUser(request);
      const file = await findFile(context, manifestHash, path, user);
      const isSmall = file.mediaType.startsWith('image/') && width !== undefined;
      await recordView(context, request, { manifestHash, path, width: isSmall ? width : null });
      if (request.method === 'GET' && width === undefined)
        await noteShownStill(context, manifestHash, file, user);
      const etag = toEtag(file, width);
      // Asked again for each look, so that each is written down; with the ETag the bytes need not come again.
      reply.header('cache-control', 'private, no-cache');
      if (etag !== null) reply.header('etag', etag);
      if (etag !== null && request.headers['if-none-match'] === etag) return reply.status(304).send();
      const key = `packages/${manifestHash}/${path}`;
      const { bytes, mediaType } = file;
      if (bytes !== null && (width === undefined || !mediaType.startsWith('image/')))
        return sendRange(request, reply, context.blobs, { key, bytes, mediaType });
      const whole = Buffer.from(await context.blobs.get(key));
      return width !== undefined && mediaType.startsWith('image/')
        ? reply.type('image/jpeg').send(await shrinkPicture(whole, width))
        : reply.type(mediaType).send(whole);
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
    .select(['evidence.items', 'evidence.deleting_at', 'case_file.case_no'])
    .select(['case_file.unit_id', 'case_file.grid_id', 'case_file.reporter'])
    .where('evidence.manifest_hash', '=', manifestHash)
    .executeTakeFirst();
  if (sealed === undefined)
    throw new XunjieError('not_found', `there is no evidence package ${manifestHash}`);
  if (!isInReach(sealed, user))
    throw new XunjieError('forbidden', 'this evidence is not of a case with your unit');
  if (sealed.deleting_at !== null)
    throw new XunjieError(
      'not_found',
      `package ${manifestHash} was deleted at ${sealed.deleting_at.toISOString()}: its retention was over`,
    );
  const file = describeFile(sealed.items, manifestHash, path);
  if (file === undefined) throw new XunjieError('not_found', `package ${manifestHash} has no file ${path}`);
  const isMasked = file.kind === null || file.kind === 'masked';
  if (!isMasked && !maySeeUnmasked(user, sealed.case_no !== null))
    throw new XunjieError(
      'forbidden',
      'this shows faces and plates that are not needed for your work; the masked copies of the package are open to you',
    );
  return file;
}

function describeFile(
  items: Row<'evidence'>['items'],
  manifestHash: string,
  path: string,
): PackageFile | undefined {
  if (path === 'manifest.json')
    return { mediaType: 'application/json', sha256: manifestHash, bytes: null, kind: null, moment: null };
  if (path === 'signature.json' || path === timeStampFile)
    return { mediaType: 'application/json', sha256: null, bytes: null, kind: null, moment: null };
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

/** Players seek in clips: a single range is answered, anything else gets the whole file. Neither is held in memory. */
async function sendRange(
  request: FastifyRequest,
  reply: FastifyReply,
  blobs: BlobStore,
  { key, bytes, mediaType }: { readonly key: string; readonly bytes: number; readonly mediaType: string },
): Promise<FastifyReply> {
  reply.type(mediaType).header('accept-ranges', 'bytes');
  const range = parseByteRange(request.headers.range, bytes);
  if (range === 'unsatisfiable') return reply.status(416).header('content-range', `bytes */${bytes}`).send();
  const opened = range === null ? await blobs.open(key) : await blobs.open(key, range);
  reply.header('content-length', opened.bytes);
  if (range === null) return reply.send(opened.stream);
  return reply
    .status(206)
    .header('content-range', `bytes ${range.from}-${range.to}/${bytes}`)
    .send(opened.stream);
}
