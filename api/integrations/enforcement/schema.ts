import { type Static, Type } from 'typebox';
import { enforcementActions, enforcementStates, objectionReasons } from '../../../domain/mod.ts';
import { IsoTime, Nullable } from '../../http/schema.ts';

const State = Type.Enum([...enforcementStates]);

const summary = {
  caseNo: Type.String(),
  state: State,
  version: Type.Integer(),
  notifiedAt: Nullable(IsoTime),
  objectionUntil: Nullable(IsoTime),
  objectionReason: Nullable(Type.Enum([...objectionReasons])),
  handOver: Nullable(
    Type.Enum(['queued', 'delivered', 'dead', 'dropped'], {
      description: 'How the hand-over stands in the outbox, once it was asked for',
    }),
  ),
  reference: Nullable(Type.String({ description: 'Under which 掌上执法 keeps it' })),
  updatedAt: IsoTime,
};
export const EnforcementSummary = Type.Object(summary);
export type EnforcementSummary = Static<typeof EnforcementSummary>;

export const EnforcementDetail = Type.Object({
  ...summary,
  steps: Type.Array(
    Type.Object({
      seq: Type.Integer(),
      action: Type.String(),
      from: Nullable(State),
      to: State,
      actor: Type.String(),
      role: Nullable(Type.String()),
      at: IsoTime,
      note: Nullable(Type.String()),
    }),
  ),
  actions: Type.Array(Type.Enum([...enforcementActions])),
});
export type EnforcementDetail = Static<typeof EnforcementDetail>;

export const EnforcementBody = Type.Object(
  {
    version: Type.Integer({ description: 'The version that the caller has seen' }),
    note: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    reason: Type.Optional(
      Type.Enum([...objectionReasons], { description: 'Of a statement that was received' }),
    ),
  },
  { additionalProperties: false },
);
export type EnforcementBody = Static<typeof EnforcementBody>;
