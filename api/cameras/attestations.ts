import { type AttestationItem, attestationItems, XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, Row } from '../database/tables.ts';

export interface Attesting {
  /** Number of the document, or address of the photo or the notice. */
  readonly document: string;
  /** Local date, `2026-03-02`. */
  readonly heldOn: string;
}

export async function attestCamera(
  context: ConsoleContext,
  camera: string,
  item: AttestationItem,
  attesting: Attesting | null,
  by: { readonly user: User; readonly ip: string },
): Promise<{ camera: string; evidenceEligible: boolean; missing: AttestationItem[] }> {
  const { user, ip } = by;
  const atMs = context.nowMs();
  return context.db.transaction().execute(async (db) => {
    const row = await db
      .selectFrom('camera')
      .select('id')
      .where('id', '=', camera)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) throw new XunjieError('not_found', `there is no camera "${camera}"`);
    if (attesting === null)
      await db
        .deleteFrom('camera_attestation')
        .where('camera_id', '=', camera)
        .where('item', '=', item)
        .execute();
    else {
      const values = {
        document: attesting.document,
        held_on: attesting.heldOn,
        attested_by: user.id,
        attested_at: new Date(atMs),
      };
      await db
        .insertInto('camera_attestation')
        .values({ camera_id: camera, item, ...values })
        .onConflict((conflict) => conflict.columns(['camera_id', 'item']).doUpdateSet(values))
        .execute();
    }
    await appendAudit(db, {
      atMs,
      actor: user.username,
      action: attesting === null ? 'camera.withdraw_attestation' : 'camera.attest',
      objectKind: 'camera',
      objectId: camera,
      result: 'done',
      ip,
      details: { item, ...attesting },
    });
    const missing = listMissing(await listAttestations(db, camera));
    return { camera, evidenceEligible: missing.length === 0, missing };
  });
}

export function listAttestations(db: Database, camera: string): Promise<Row<'camera_attestation'>[]> {
  return db.selectFrom('camera_attestation').selectAll().where('camera_id', '=', camera).execute();
}

export function listMissing(held: readonly { readonly item: AttestationItem }[]): AttestationItem[] {
  return attestationItems.filter((item) => !held.some((one) => one.item === item));
}

/** Refuses a camera whose records the law does not admit as evidence for a penalty, with what it lacks. */
export async function requireEligibleCamera(db: Database, camera: string): Promise<void> {
  const missing = listMissing(await listAttestations(db, camera));
  if (missing.length === 0) return;
  throw new XunjieError(
    'camera_not_eligible',
    `camera ${camera} is not eligible for penalties: it lacks ${missing.join(', ')}; it may make a management case`,
    { details: { missing } },
  );
}
