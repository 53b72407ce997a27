import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';

/**
 * Tells whoever runs the camera that its present view is the right one, and writes down who said so; both or neither. A camera that
 * is off hears it when it comes back.
 */
export async function acceptView(
  context: ConsoleContext,
  camera: string,
  by: { readonly user: User; readonly ip: string },
): Promise<{ camera: string; acceptedAt: string }> {
  const { db, onViewAccepted, timeZone } = context;
  const atMs = context.nowMs();
  const row = await db
    .selectFrom('camera')
    .select(['id', 'health'])
    .where('id', '=', camera)
    .executeTakeFirst();
  if (!row) throw new XunjieError('not_found', `there is no camera "${camera}"`);
  await db.transaction().execute(async (transaction) => {
    await appendAudit(transaction, {
      atMs,
      actor: by.user.username,
      action: 'camera.accept_view',
      objectKind: 'camera',
      objectId: camera,
      result: 'done',
      ip: by.ip,
      details: { problem: row.health?.view.problem ?? null, reason: row.health?.view.reason ?? '' },
    });
    await onViewAccepted(camera, { acceptedAtMs: atMs, by: by.user.username });
  });
  return { camera, acceptedAt: toZonedIso(atMs, timeZone) };
}
