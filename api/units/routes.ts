import { Type } from 'typebox';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';

const UnitView = Type.Object({ id: Type.String(), name: Type.String(), kind: Type.String() });

export function registerUnitRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/units',
    config: { permission: 'session' },
    schema: {
      tags: ['units'],
      summary: 'Units that cases can be sent to',
      response: { 200: Type.Array(UnitView) },
    },
    handler: async () =>
      context.db
        .selectFrom('unit')
        .select(['id', 'name', 'kind'])
        .where('is_active', '=', true)
        .orderBy('id')
        .execute(),
  });
}
