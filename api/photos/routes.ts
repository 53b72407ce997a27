import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import { isInReach } from '../auth/reach.ts';
import { requireUser, type User } from '../auth/user.ts';
import { requireReadable } from '../cases/find-case.ts';
import type { ConsoleContext } from '../context.ts';
import type { Row } from '../database/tables.ts';
import type { App } from '../http/app.ts';
import { reEncodePhoto } from './re-encode.ts';
import { PhotoView, toPhotoView } from './schema.ts';
import { toPhotoKey } from './store-report-photos.ts';

const maxBytes = 10 * 1024 * 1024;
const tags = ['photos'];
const uuidPattern = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';

export async function registerPhotoRoutes(app: App, context: ConsoleContext): Promise<void> {
  await app.register(multipart, {
    limits: { files: 1, fields: 0, parts: 1, fileSize: maxBytes },
    throwFileSizeLimit: true,
  });

  app.route({
    method: 'POST',
    url: '/api/photos',
    config: {
      permission: 'photos.add',
      rateLimit: { max: context.auth.perMinute.uploads, timeWindow: '1 minute' },
    },
    // The file is more than a JSON body may be; the multipart reader holds its own limit.
    bodyLimit: maxBytes + 64 * 1024,
    schema: { tags, summary: 'Upload a photo (multipart, field `photo`)', response: { 201: PhotoView } },
    handler: async (request, reply) => {
      const user = requireUser(request);
      const photo = await reEncodePhoto(await readPhoto(request));
      await context.blobs.put(toPhotoKey(photo.sha256), photo.bytes, 'image/jpeg');
      const stored = await storePhoto(context, photo, user, request.ip);
      return reply.status(201).send(toPhotoView(stored));
    },
  });

  app.route({
    method: 'GET',
    url: '/api/photos/:id',
    config: { permission: 'cases.read' },
    schema: {
      tags,
      summary: 'A photo as JPEG',
      params: Type.Object({ id: Type.String({ pattern: uuidPattern }) }),
    },
    handler: async (request, reply) => {
      const photo = await context.db
        .selectFrom('photo')
        .selectAll()
        .where('id', '=', request.params.id)
        .executeTakeFirst();
      if (photo === undefined) throw new XunjieError('not_found', `there is no photo ${request.params.id}`);
      await requireVisible(context, photo, requireUser(request));
      const bytes = await context.blobs.get(toPhotoKey(photo.sha256));
      return reply
        .header('etag', `"${photo.sha256}"`)
        .header('cache-control', 'private, max-age=31536000, immutable')
        .type('image/jpeg')
        .send(Buffer.from(bytes));
    },
  });
}

async function readPhoto(request: FastifyRequest): Promise<Buffer> {
  if (!request.isMultipart())
    throw new XunjieError('bad_request', 'photo: send it as multipart/form-data with the field `photo`');
  const file = await request.file();
  if (file === undefined) throw new XunjieError('bad_request', 'photo: the field `photo` is missing');
  if (file.fieldname !== 'photo') {
    file.file.resume();
    throw new XunjieError('bad_request', `photo: the field is called \`${file.fieldname}\`, not \`photo\``);
  }
  try {
    return await file.toBuffer();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'FST_REQ_FILE_TOO_LARGE')
      throw new XunjieError('bad_request', `photo: larger than ${maxBytes / 1024 / 1024} MB`, {
        cause: error,
      });
    throw error;
  }
}

async function storePhoto(
  context: ConsoleContext,
  photo: { readonly bytes: Buffer; readonly sha256: string; readonly width: number; readonly height: number },
  user: User,
  ip: string,
): Promise<Row<'photo'>> {
  const atMs = context.nowMs();
  const { sha256, width, height } = photo;
  return context.db.transaction().execute(async (db) => {
    const row = await db
      .insertInto('photo')
      .values({
        sha256,
        width,
        height,
        bytes: photo.bytes.length,
        uploaded_by: user.id,
        uploaded_at: new Date(atMs),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const done = {
      actor: user.username,
      action: 'photo.add',
      objectKind: 'photo',
      objectId: row.id,
      result: 'done',
      ip,
    } as const;
    await appendAudit(db, { atMs, ...done, details: { sha256 } });
    return row;
  });
}

const noPlace = { unit_id: null, grid_id: '', reporter: null } as const;

/** An officer sees what belongs to a case of the own unit, and the own photos. */
async function requireVisible(context: ConsoleContext, photo: Row<'photo'>, user: User): Promise<void> {
  if (photo.uploaded_by === user.id) return;
  const file = await context.db
    .selectFrom('case_file')
    .select(['case_no', 'unit_id', 'consulted_unit_ids', 'grid_id', 'reporter'])
    .where('case_no', '=', photo.case_no ?? '')
    .executeTakeFirst();
  // A photo of no case yet is open to whoever sees every case.
  if (file !== undefined) requireReadable(file, user);
  else if (!isInReach(noPlace, user))
    throw new XunjieError('forbidden', `photo ${photo.id} is not of a case with your unit`);
}
