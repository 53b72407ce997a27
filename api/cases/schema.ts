import { type Static, Type } from 'typebox';
import { caseActions, caseStates, limitUnits, offences, roles } from '../../domain/mod.ts';
import { StillView } from '../evidence/schema.ts';
import { IsoTime, Nullable, OffenceReference, Reference } from '../http/schema.ts';
import { PhotoView } from '../photos/schema.ts';

export const LimitView = Type.Object({ value: Type.Number(), unit: Type.Enum([...limitUnits]) });
const Level = Type.Enum(['normal', 'urgent']);

const summaryFields = {
  caseNo: Type.String(),
  state: Type.Enum([...caseStates]),
  stateZh: Type.String(),
  level: Level,
  version: Type.Integer(),
  offence: OffenceReference,
  camera: Reference,
  zone: Type.String(),
  address: Nullable(Type.String()),
  unit: Nullable(Reference),
  createdAt: IsoTime,
  deadline: Nullable(IsoTime),
  limit: Nullable(LimitView),
  overdue: Type.Boolean({
    description: 'The unit replied after its deadline, or has not replied and it has passed',
  }),
  thumbnailUrl: Nullable(Type.String()),
  actions: Type.Array(Type.Enum([...caseActions]), { description: 'What the caller may do now' }),
};

export const CaseSummary = Type.Object(summaryFields);
export type CaseSummary = Static<typeof CaseSummary>;

const FlowRecord = Type.Object({
  seq: Type.Integer(),
  from: Nullable(Type.Enum([...caseStates])),
  to: Type.Enum([...caseStates]),
  action: Type.Enum(['report', ...caseActions]),
  actor: Type.String(),
  role: Nullable(Type.Enum([...roles])),
  unit: Nullable(Reference),
  at: IsoTime,
  deadline: Nullable(IsoTime),
  overdue: Type.Boolean(),
  opinion: Nullable(Type.String()),
  attachments: Type.Array(PhotoView),
  prevHash: Nullable(Type.String()),
  hash: Type.String(),
});
export type FlowRecord = Static<typeof FlowRecord>;

export const CaseDetail = Type.Object({
  ...summaryFields,
  candidateId: Type.String(),
  stills: Type.Array(StillView),
  flow: Type.Array(FlowRecord),
});
export type CaseDetail = Static<typeof CaseDetail>;

export const ActionBody = Type.Object(
  {
    version: Type.Integer({ description: 'The version that the caller has seen' }),
    unit: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    photo: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'Id from POST /api/photos' }),
    ),
    standard: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    note: Type.Optional(Type.String({ maxLength: 2000 })),
  },
  { additionalProperties: false },
);
export type ActionBody = Static<typeof ActionBody>;

export const StandardView = Type.Object({
  id: Type.String(),
  offence: Type.Enum([...offences]),
  condition: Type.String(),
  limit: LimitView,
  closeCondition: Type.String(),
  level: Level,
});
export type StandardView = Static<typeof StandardView>;
