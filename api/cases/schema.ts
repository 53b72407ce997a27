import { type Static, Type } from 'typebox';
import {
  applicationKinds,
  caseActions,
  caseSources,
  caseStates,
  classSchemes,
  closeTypes,
  lights,
  limitUnits,
  offences,
  omissionStates,
  roles,
} from '../../domain/mod.ts';
import { StillView } from '../evidence/schema.ts';
import { IsoTime, Nullable, OffenceReference, Reference } from '../http/schema.ts';
import { PhotoView } from '../photos/schema.ts';

export const LimitView = Type.Object({ value: Type.Number(), unit: Type.Enum([...limitUnits]) });
const Level = Type.Enum(['normal', 'urgent']);

export const ClassReference = Type.Object(
  { scheme: Type.Enum([...classSchemes]), code: Type.String({ minLength: 1, maxLength: 20 }) },
  { additionalProperties: false },
);

const PointView = Type.Object(
  {
    lon: Type.Number({ minimum: -180, maximum: 180 }),
    lat: Type.Number({ minimum: -90, maximum: 90 }),
  },
  { additionalProperties: false },
);

const summaryFields = {
  caseNo: Type.String(),
  state: Type.Enum([...caseStates]),
  stateZh: Type.String(),
  level: Level,
  version: Type.Integer(),
  source: Type.Enum([...caseSources]),
  offence: Nullable(OffenceReference),
  class: Type.Object({ ...ClassReference.properties, name: Type.String() }),
  camera: Nullable(Reference),
  zone: Nullable(Type.String()),
  grid: Nullable(Reference),
  address: Nullable(Type.String()),
  unit: Nullable(Reference),
  createdAt: IsoTime,
  deadline: Nullable(IsoTime),
  limit: Nullable(LimitView),
  stageDeadline: Nullable(IsoTime),
  light: Nullable(Type.Enum([...lights], { description: 'Of the disposal limit, while its clock runs' })),
  escalatedPercent: Type.Integer({
    description: 'Highest share of the limit that was told: 0, 80, 100, 150',
  }),
  round: Type.Integer(),
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
  action: Type.Enum(['report', 'escalate', 'close_with_master', ...caseActions]),
  actor: Type.String(),
  role: Nullable(Type.Enum([...roles])),
  unit: Nullable(Reference),
  at: IsoTime,
  deadline: Nullable(IsoTime),
  overdue: Type.Boolean(),
  opinion: Nullable(Type.String()),
  attachments: Type.Array(PhotoView),
  round: Type.Integer(),
  stageDeadline: Nullable(IsoTime),
  details: Type.Record(Type.String(), Type.Unknown()),
  prevHash: Nullable(Type.String()),
  hash: Type.String(),
});
export type FlowRecord = Static<typeof FlowRecord>;

const Application = Type.Object({
  kind: Type.Enum([...applicationKinds]),
  state: Type.Enum(['open', 'endorsed', 'granted', 'refused', 'lapsed']),
  applicant: Type.String(),
  appliedAt: IsoTime,
  reason: Type.String(),
  until: Nullable(IsoTime),
  endorsedBy: Nullable(Type.String()),
  decidedBy: Nullable(Type.String()),
});

export const CaseDetail = Type.Object({
  ...summaryFields,
  candidateId: Nullable(Type.String()),
  description: Nullable(Type.String()),
  reporter: Nullable(Type.String()),
  point: Nullable(PointView),
  verified: Nullable(Type.Boolean({ description: 'Whether a collector found it there' })),
  closeType: Nullable(Type.Enum([...closeTypes])),
  overdueExempt: Type.Boolean({ description: 'An appeal was granted: statistics do not count it as late' }),
  penaltyTrack: Type.Boolean({ description: 'Confirmed for a penalty: see /api/enforcement' }),
  outsideCoverage: Type.Boolean({ description: 'It lies in none of the regions that are covered' }),
  omission: Nullable(
    Type.Enum([...omissionStates], {
      description: 'Of what the public reported first: whether a collector should have',
    }),
  ),
  mergedInto: Nullable(Type.String()),
  consulted: Type.Array(Reference, { description: 'Units that take part while it is in coordination' }),
  merged: Type.Array(Type.String(), { description: 'Cases that were merged into this one' }),
  suspendedUntil: Nullable(IsoTime),
  counts: Type.Object({
    wrongDispatches: Type.Integer(),
    returns: Type.Integer(),
    shuffles: Type.Integer({ description: '推诿: returns that were refused' }),
    extensions: Type.Integer(),
    suspensions: Type.Integer(),
    reworks: Type.Integer(),
    urges: Type.Integer(),
  }),
  applications: Type.Array(Application),
  stills: Type.Array(StillView),
  brokenFlow: Nullable(
    Type.Integer({ description: 'First record that does not fit its chain; null: the whole flow verifies' }),
  ),
  flow: Type.Array(FlowRecord),
});
export type CaseDetail = Static<typeof CaseDetail>;

export const ActionBody = Type.Object(
  {
    version: Type.Integer({ description: 'The version that the caller has seen' }),
    unit: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    units: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
        minItems: 1,
        maxItems: 20,
        uniqueItems: true,
        description: 'Who takes part in a coordination, all of them',
      }),
    ),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    photo: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'Id from POST /api/photos' }),
    ),
    beforePhoto: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'How the place looked before a self-disposal',
      }),
    ),
    point: Type.Optional(PointView),
    exists: Type.Optional(Type.Boolean({ description: 'Of a verification; default true' })),
    until: Type.Optional(
      Type.String({
        maxLength: 40,
        description: 'End of a suspension, ISO 8601 with offset, at most a year away',
      }),
    ),
    master: Type.Optional(
      Type.String({ minLength: 1, maxLength: 40, description: 'Number of the case to merge into' }),
    ),
    omitted: Type.Optional(
      Type.Boolean({ description: '漏报: a collector should have reported it before the public did' }),
    ),
    closeType: Type.Optional(Type.Enum(['error'], { description: '差错结案; needs a reason' })),
    standard: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    note: Type.Optional(Type.String({ maxLength: 2000 })),
  },
  { additionalProperties: false },
);
export type ActionBody = Static<typeof ActionBody>;

export const ReportBody = Type.Object(
  {
    source: Type.Enum(['collector', 'public', 'other']),
    class: Type.Optional(ClassReference),
    offence: Type.Optional(Type.Enum([...offences])),
    level: Type.Optional(Level),
    point: Type.Optional(PointView),
    address: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    description: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
    reporter: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'Number of the call or request, never a name',
      }),
    ),
    photos: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 9 })),
  },
  { additionalProperties: false },
);
export type ReportBody = Static<typeof ReportBody>;

export const StandardView = Type.Object({
  id: Type.String(),
  offence: Nullable(Type.Enum([...offences])),
  class: ClassReference,
  condition: Type.String(),
  limit: LimitView,
  closeCondition: Type.String(),
  level: Level,
});
export type StandardView = Static<typeof StandardView>;
