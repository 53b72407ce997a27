import { sql } from 'kysely';
import type { CameraHealth } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';

/** A camera that has not been heard of for so long may be anything. */
export const silenceMs = 60_000;

/** Registers a camera or gives it another name. */
export async function upsertCamera(
  context: ConsoleContext,
  camera: { readonly id: string; readonly name: string },
): Promise<void> {
  const { id, name } = camera;
  await context.db
    .insertInto('camera')
    .values({ id, name })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ name }))
    .execute();
}

/** Keeps the newest health of a camera; an older report that comes late changes nothing. */
export async function recordCameraHealth(context: ConsoleContext, health: CameraHealth): Promise<void> {
  const values = {
    state: health.state,
    reason: health.reason,
    health_at: new Date(health.atMs),
    last_frame_at: health.lastFrameAtMs === null ? null : new Date(health.lastFrameAtMs),
    frames_sampled: health.framesSampled,
    keyframe_gap_ms: health.keyframeGapMs,
    health: JSON.stringify(health),
  };
  await context.db.transaction().execute(async (db) => {
    const before = await db
      .selectFrom('camera')
      .select(['state', 'health', 'health_at'])
      .where('id', '=', health.camera)
      .forUpdate()
      .executeTakeFirst();
    const written = await db
      .insertInto('camera')
      .values({ id: health.camera, name: health.camera, ...values })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet(values)
          .where(sql<boolean>`(camera.health_at is null or camera.health_at < excluded.health_at)`),
      )
      .executeTakeFirst();
    const isNewest = (written.numInsertedOrUpdatedRows ?? 0n) > 0n;
    if (isNewest) await noteState(db, health, before);
    if (isNewest && isNews(before?.health ?? null, health))
      await publishLive(db, {
        event: 'camera',
        data: { camera: health.camera, state: health.state, viewProblem: health.view.problem },
      });
  });
}

/** For the share of time that it was there: each change, and that nothing was heard where reports stayed away. */
async function noteState(
  db: DatabaseTransaction,
  { camera, state, atMs }: CameraHealth,
  before: Pick<Row<'camera'>, 'state' | 'health_at'> | undefined,
): Promise<void> {
  const silentFromMs = (before?.health_at?.getTime() ?? Number.POSITIVE_INFINITY) + silenceMs;
  const wasSilent = silentFromMs < atMs;
  const changes = [
    ...(wasSilent ? [{ camera_id: camera, at: new Date(silentFromMs), state: 'unknown' as const }] : []),
    ...(wasSilent || before?.state !== state ? [{ camera_id: camera, at: new Date(atMs), state }] : []),
  ];
  if (changes.length > 0)
    await db
      .insertInto('camera_state_change')
      .values(changes)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

/** Worth telling the pages at once; counts and ages they read when they refresh. */
function isNews(before: CameraHealth | null, now: CameraHealth): boolean {
  return (
    before?.state !== now.state ||
    before.view.problem !== now.view.problem ||
    (before.sampling?.isStarved ?? false) !== (now.sampling?.isStarved ?? false)
  );
}
