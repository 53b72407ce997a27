import { XunjieError } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { DatabaseTransaction, PhotoAttachment } from '../database/tables.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ties a photo to a case, once: a photo shows one moment of one case, and is the word of the one who took it. */
export async function attachPhoto(
  db: DatabaseTransaction,
  attached: {
    readonly photoId: string;
    readonly caseNo: string;
    readonly user: User;
    /** Of the request, for messages. */
    readonly field?: string;
  },
): Promise<PhotoAttachment> {
  const { photoId, caseNo, user, field = 'photo' } = attached;
  const refusePhoto = (why: string) =>
    new XunjieError('bad_request', `body.${field}: ${why}`, { details: { field: `body.${field}` } });
  const photo = uuid.test(photoId)
    ? await db.selectFrom('photo').selectAll().where('id', '=', photoId).forUpdate().executeTakeFirst()
    : undefined;
  if (photo === undefined) throw refusePhoto(`no photo "${photoId}"; upload it first with POST /api/photos`);
  if (photo.uploaded_by !== user.id)
    throw refusePhoto(`photo ${photoId} is somebody else's; upload your own`);
  if (photo.case_no !== null)
    throw refusePhoto(`photo ${photoId} is already used in case ${photo.case_no}; take a new one`);
  await db.updateTable('photo').set({ case_no: caseNo }).where('id', '=', photoId).execute();
  const { id, sha256, width, height } = photo;
  return { id, sha256, width, height };
}
