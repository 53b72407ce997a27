import { type Static, Type } from 'typebox';
import { roles } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { Nullable } from '../http/schema.ts';
import { listOnDuty } from './on-duty.ts';

const RosterNow = Type.Object({
  enforced: Type.Boolean({ description: 'Only who is on duty may act, where somebody is' }),
  onDuty: Type.Array(
    Type.Object({
      post: Type.Enum([...roles]),
      number: Type.Integer(),
      unit: Nullable(Type.String({ description: 'The id of an officer’s unit' })),
      shift: Type.String(),
      until: Type.String({ description: 'Local time of day: 20:00' }),
    }),
  ),
});
type RosterNow = Static<typeof RosterNow>;

export function registerRosterRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/roster/now',
    config: { permission: 'session' },
    schema: {
      tags: ['registries'],
      summary: 'Who is on duty now, by post and number',
      response: { 200: RosterNow },
    },
    handler: async (): Promise<RosterNow> => {
      const onDuty = await listOnDuty(context.db, context.timeZone, context.nowMs());
      return {
        enforced: context.roster.enforced,
        onDuty: onDuty.map(({ post, number, unitId: unit, shift, until }) => ({
          post,
          number,
          unit,
          shift,
          until,
        })),
      };
    },
  });
}
