import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, PhotoAttachment } from '../database/tables.ts';
import type { EncodedPhoto } from './re-encode.ts';

/** Where the bytes of a photo lie. */
export function toPhotoKey(sha256: string): string {
  return `photos/${sha256}.jpg`;
}

/** Writes down the photos that came with a report of another system; their bytes are stored before. */
export async function storeReportPhotos(
  context: Pick<ConsoleContext, 'nowMs'>,
  db: DatabaseTransaction,
  given: {
    readonly caseNo: string;
    /** Of the system: photos belong to somebody. */
    readonly accountId: string;
    readonly photos: readonly EncodedPhoto[];
  },
): Promise<PhotoAttachment[]> {
  const { caseNo, accountId, photos } = given;
  if (photos.length === 0) return [];
  return db
    .insertInto('photo')
    .values(
      photos.map(({ sha256, bytes, width, height }) => ({
        sha256,
        width,
        height,
        bytes: bytes.length,
        uploaded_by: accountId,
        uploaded_at: new Date(context.nowMs()),
        case_no: caseNo,
      })),
    )
    .returning(['id', 'sha256', 'width', 'height'])
    .execute();
}
