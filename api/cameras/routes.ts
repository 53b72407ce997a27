import { Type } from 'typebox';
import { toZonedIso } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { IsoTime, Nullable } from '../http/schema.ts';

const CameraView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  state: Nullable(Type.Enum(['connecting', 'live', 'stalled', 'down', 'unauthorized', 'ended'])),
  reason: Nullable(Type.String()),
  lastFrameAt: Nullable(IsoTime),
  framesSampled: Nullable(Type.Number()),
  keyframeGapMs: Nullable(Type.Number()),
});

export function registerCameraRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/cameras',
    config: { permission: 'session' },
    schema: {
      tags: ['cameras'],
      summary: 'Cameras and their health; all null before the first report',
      response: { 200: Type.Array(CameraView) },
    },
    handler: async () => {
      const rows = await context.db.selectFrom('camera').selectAll().orderBy('id').execute();
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        state: row.state,
        reason: row.reason,
        lastFrameAt:
          row.last_frame_at === null ? null : toZonedIso(row.last_frame_at.getTime(), context.timeZone),
        framesSampled: row.frames_sampled,
        keyframeGapMs: row.keyframe_gap_ms,
      }));
    },
  });
}
