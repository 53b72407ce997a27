import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import sharp from 'sharp';
import { Type } from 'typebox';
import { type EvidenceItem, timeStampFile, XunjieError } from '../../domain/mod.ts';
import type { BlobStore } from '../../platform/mod.ts';
import { requireUser, type User } from '../auth/user.ts';
import { noteShownStill } from '../candidates/shown-stills.ts';
import type { ConsoleContext } from '../context.ts';
import { recordView } from '../custody/record-view.ts';
import { findPurpose } from '../custody/view-purpose.ts';
import type { Row } from '../database/tables.ts';
import type { App } from '../http/app.ts';
import { parseByteRange } from './byte-range.ts';
import { requireReadablePackage } from './find-package.ts';
import { maySeeUnmasked } from './unmasked.ts';

/** A masked copy of this size is seen with the list it stands in and tells no face and no plate; any other look is written down. */
const maxListWidth = 320;

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
  /** Of the package it lies in. */
  readonly manifestHash: string;
  /** By which it was asked for: the same, or the name that a blind repetition has for it. */
  readonly packageName: string;
  /** Whether the user may see it, who may see of the package. */
  readonly isOpen: boolean;
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
      const { '*': path } = request.params;
      const { width } = request.query;
      const user = requireUser(request);
      const file = await findFile(context, request.params.manifestHash, path, user);
      const { manifestHash } = file;
      if (!file.isOpen) {
        // Whoever has no business with the package is asked for one before anything else is said of it.
        await findPurpose(context, { user, sessionHash: request.sessionHash ?? '' }, manifestHash);
        throw new XunjieError(
          'forbidden',
          'this shows faces and plates that are not needed for your work; the masked copies of the package are open to you',
        );
      }
      const isSmall = file.mediaType.startsWith('image/') && width !== undefined;
      const isListed = isSmall && file.kind === 'masked' && width <= maxListWidth;
      if (!isListed) await recordView(context, request, { manifestHash, path });
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
  packageName: string,
  path: string,
  user: User,
): Promise<PackageFile> {
  const sealed = await requireReadablePackage(context.db, packageName, user);
  const { manifestHash } = sealed;
  const file = describeFile(sealed.items, manifestHash, path);
  // Manifest and signature name the candidate that was decided first.
  if (file === undefined || (sealed.isBlind && file.kind === null))
    throw new XunjieError('not_found', `package ${packageName} has no file ${path}`);
  const isMasked = file.kind === null || file.kind === 'masked';
  const isOpen = isMasked || maySeeUnmasked(user, sealed.relation);
  return { ...file, manifestHash, packageName, isOpen };
}

function describeFile(
  items: Row<'evidence'>['items'],
  manifestHash: string,
  path: string,
): Omit<PackageFile, 'manifestHash' | 'packageName' | 'isOpen'> | undefined {
  if (path === 'manifest.json')
    return { mediaType: 'application/json', sha256: manifestHash, bytes: null, kind: null, moment: null };
  if (path === 'signature.json' || path === timeStampFile)
    return { mediaType: 'application/json', sha256: null, bytes: null, kind: null, moment: null };
  return items?.find((item) => item.path === path);
}

function toEtag(file: PackageFile, width: number | undefined): string | null {
  const { sha256, manifestHash, packageName } = file;
  if (sha256 === null) return null;
  // The same picture under another name must not be known by its ETag.
  const tag =
    packageName === manifestHash
      ? sha256
      : createHash('sha256').update(`${packageName} ${sha256}`).digest('hex');
  return width === undefined ? `"${tag}"` : `"${tag}-${width}"`;
}

function shrinkPicture(bytes: Buffer, width: number): Promise<Buffer> {
  return sharp(bytes, { autoOrient: true })
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
