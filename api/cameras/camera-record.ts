import { type Static, Type } from 'typebox';
import { attestationItems, toZonedIso, XunjieError } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { IsoTime } from '../http/schema.ts';
import { listMissing } from './attestations.ts';

const Attestation = Type.Object({
  item: Type.Enum([...attestationItems]),
  document: Type.String({ description: 'Number of the document, or address of the photo or the notice' }),
  heldOn: Type.String({ description: 'Local date' }),
  by: Type.String({ description: 'User name of the post' }),
  at: IsoTime,
});

/** What the law asks of a camera before its records may serve for a penalty: 行政处罚法 41. */
export const CameraRecord = Type.Object({
  camera: Type.String(),
  evidenceEligible: Type.Boolean(),
  missing: Type.Array(Type.Enum([...attestationItems])),
  held: Type.Array(Attestation),
});

export async function readCameraRecord(
  { db, timeZone }: ConsoleContext,
  camera: string,
): Promise<Static<typeof CameraRecord>> {
  const row = await db.selectFrom('camera').select('id').where('id', '=', camera).executeTakeFirst();
  if (row === undefined) throw new XunjieError('not_found', `there is no camera "${camera}"`);
  const held = await db
    .selectFrom('camera_attestation')
    .innerJoin('account', 'account.id', 'camera_attestation.attested_by')
    .select(['item', 'document', 'held_on', 'username', 'attested_at'])
    .where('camera_id', '=', camera)
    .orderBy('item')
    .execute();
  const missing = listMissing(held);
  return {
    camera,
    evidenceEligible: missing.length === 0,
    missing,
    held: held.map(({ item, document, held_on, username, attested_at }) => ({
      item,
      document,
      heldOn: held_on,
      by: username,
      at: toZonedIso(attested_at.getTime(), timeZone),
    })),
  };
}
