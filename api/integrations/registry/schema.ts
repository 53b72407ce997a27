import { type Static, Type } from 'typebox';
import { IsoTime, Nullable, Reference } from '../../http/schema.ts';

const Id = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' });
const Filter = Type.String({
  pattern: '^(?:\\*|[a-z_]{1,40}\\.(?:\\*|[a-z_]{1,40}))$',
  description: '`case.dispatch`, all of a kind as `case.*`, all as `*`',
});

/** What somebody enters; the rest is the system's. */
const entered = {
  name: Type.String({ minLength: 1, maxLength: 100 }),
  kind: Type.String({
    pattern: '^[a-z][a-z0-9_]{1,39}$',
    description:
      'webhook, enforcement (掌上执法), sanitation (一把扫帚), greening (一把剪刀), muck_truck (渣土), camera_alarms (GA/T 1400), or another: a kind without code of its own speaks signed JSON',
  }),
  direction: Type.Enum(['in', 'out', 'both']),
  url: Type.Optional(
    Nullable(Type.String({ minLength: 1, maxLength: 500, description: 'Where messages go; http or https' })),
  ),
  events: Type.Optional(Type.Array(Filter, { maxItems: 50, description: 'What goes out' })),
  accepts: Type.Optional(Type.Array(Filter, { maxItems: 50, description: 'What may come in' })),
  unit: Type.Optional(
    Nullable(
      Type.String({ minLength: 1, maxLength: 64, description: 'Only what concerns this unit goes out' }),
    ),
  ),
  settings: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,60}$' }), Type.Unknown(), {
      description: 'What the kind needs to know, see docs/integrations.md',
    }),
  ),
  heartbeatSeconds: Type.Optional(
    Nullable(Type.Integer({ minimum: 5, maximum: 86_400, description: 'How often it says that it lives' })),
  ),
};

export const NewIntegration = Type.Object(
  {
    id: Id,
    ...entered,
    secret: Type.Optional(
      Type.String({
        minLength: 16,
        maxLength: 200,
        description:
          "The other side's secret, where it gives one (the appsecret of 掌上执法); default: a fresh one",
      }),
    ),
  },
  { additionalProperties: false },
);
export type NewIntegration = Static<typeof NewIntegration>;

export const ChangedIntegration = Type.Object(
  { version: Type.Integer({ description: 'The version that the caller has seen' }), ...entered },
  { additionalProperties: false },
);
export type ChangedIntegration = Static<typeof ChangedIntegration>;

export const healthStates = ['ok', 'unknown', 'late', 'failing', 'disabled'] as const;

export const IntegrationView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  kind: Type.String(),
  direction: Type.Enum(['in', 'out', 'both']),
  url: Nullable(Type.String()),
  events: Type.Array(Type.String()),
  accepts: Type.Array(Type.String()),
  unit: Nullable(Reference),
  settings: Type.Record(Type.String(), Type.Unknown()),
  state: Type.Enum(['enabled', 'disabled']),
  disabledReason: Nullable(Type.String()),
  version: Type.Integer(),
  health: Type.Object({
    state: Type.Enum([...healthStates], {
      description:
        'late: its heartbeat is overdue; failing: the last call failed or messages were given up; unknown: nothing has passed yet',
    }),
    lastSuccessAt: Nullable(IsoTime),
    lastFailureAt: Nullable(IsoTime),
    lastError: Nullable(Type.String()),
    heartbeatAt: Nullable(IsoTime),
    heartbeatSeconds: Nullable(Type.Integer()),
    queued: Type.Integer({ description: 'Messages that wait' }),
    dead: Type.Integer({ description: 'Messages that were given up' }),
    lagSeconds: Type.Integer({ description: 'Age of the oldest message that waits' }),
    failedIn: Type.Integer({ description: 'Messages that came in and could not be applied' }),
  }),
});
export type IntegrationView = Static<typeof IntegrationView>;

/** The secret is shown when it is made, and never again. */
export const IntegrationWithSecret = Type.Object({
  integration: IntegrationView,
  secret: Type.String({ description: 'Signs messages both ways (Standard Webhooks); shown this once' }),
});
