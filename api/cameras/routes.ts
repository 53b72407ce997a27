import { Type } from 'typebox';
import { cameraIdPattern } from '../../domain/mod.ts';
import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { IsoTime } from '../http/schema.ts';
import { acceptView } from './accept-view.ts';
import { CameraView, toCameraView } from './camera-view.ts';

const tags = ['cameras'];

export function registerCameraRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/cameras',
    config: { permission: 'session' },
    schema: {
      tags,
      summary: 'Cameras and their health; all null before the first report',
      response: { 200: Type.Array(CameraView) },
    },
    handler: async () => {
      const rows = await context.db.selectFrom('camera').selectAll().orderBy('id').execute();
      return rows.map((row) => toCameraView(row, context.timeZone));
    },
  });

  app.route({
    method: 'POST',
    url: '/api/cameras/:id/accept-view',
    config: { permission: 'cameras.accept_view' },
    schema: {
      tags,
      summary: 'What the camera sees from now on is its right view: its reference is learned anew',
      params: Type.Object({ id: Type.String({ pattern: cameraIdPattern }) }),
      response: { 200: Type.Object({ camera: Type.String(), acceptedAt: IsoTime }) },
    },
    handler: async (request) =>
      acceptView(context, request.params.id, { user: requireUser(request), ip: request.ip }),
  });
}
