import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { readWall, WallView } from './read-wall.ts';

export function registerWallRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/wall',
    config: { permission: 'wall.read' },
    schema: {
      tags: ['wall'],
      summary:
        'For the wall screen: what is new, late and urgent, without pictures and without anybody in it',
      response: { 200: WallView },
    },
    handler: async (request) => readWall(context, requireUser(request)),
  });
}
