import { type Static, Type } from 'typebox';
import {
  attestationItems,
  candidateStates,
  caseTracks,
  type EvidenceCheck,
  evidenceWants,
  objectClasses,
  rejectReasons,
  reminderChannels,
  reviewResults,
  secondLooks,
  suppressionReasons,
} from '../../domain/mod.ts';
import { ClipView, StillView } from '../evidence/schema.ts';
import { IsoTime, Nullable, OffenceReference, Reference } from '../http/schema.ts';
import { stillMoments } from './still-moments.ts';

export const Lease = Type.Object({ by: Type.String(), mine: Type.Boolean(), until: IsoTime });

const summaryFields = {
  id: Type.String(),
  state: Type.Enum([...candidateStates]),
  version: Type.Integer({ description: 'Goes up with every change of state by a person' }),
  camera: Reference,
  offence: OffenceReference,
  zone: Type.String(),
  class: Type.Enum([...objectClasses]),
  from: IsoTime,
  to: Nullable(IsoTime),
  raisedAt: { ...IsoTime, description: 'When it was raised, or first held while the rules hold it' },
  dwellMs: Type.Number(),
  meanScore: Type.Number(),
  lease: Nullable(Lease),
  thumbnailUrl: Nullable(Type.String()),
  caseNo: Nullable(Type.String()),
  stage: Type.Union([Type.Literal(1), Type.Literal(2)], {
    description: '2: confirmed once for a penalty, waiting for another person',
  }),
  queuedAt: { ...Nullable(IsoTime), description: 'When it last came up for review' },
  escalatedAt: {
    ...Nullable(IsoTime),
    description: 'When it had waited too long; as long again, and it expires',
  },
  suppressed: Nullable(
    Type.Object(
      {
        reason: Type.Enum([...suppressionReasons]),
        since: IsoTime,
        duplicateOf: Nullable(Type.String()),
        explanation: Type.String(),
      },
      { description: 'What keeps it from being raised' },
    ),
  ),
};

export const CandidateSummary = Type.Object(summaryFields);
export type CandidateSummary = Static<typeof CandidateSummary>;

const Checks = Type.Object({
  true: Type.Boolean(),
  clear: Type.Boolean(),
  complete: Type.Boolean(),
  accurate: Type.Boolean(),
}) satisfies { properties: Record<EvidenceCheck, unknown> };

const Moment = Type.Enum([...stillMoments]);

const Review = Type.Object({
  reviewer: Type.String(),
  result: Type.Enum([...reviewResults]),
  stage: Type.Integer(),
  track: Type.Enum([...caseTracks]),
  driverAbsent: Nullable(Type.Boolean()),
  wants: Nullable(Type.Enum([...evidenceWants])),
  channel: Nullable(Type.Enum([...reminderChannels])),
  reason: Nullable(Type.Enum([...rejectReasons])),
  checks: Nullable(Checks),
  note: Nullable(Type.String()),
  at: IsoTime,
});

export const CandidateDetail = Type.Object({
  ...summaryFields,
  presentSince: { ...IsoTime, description: 'First sight at rest; it may count from later' },
  round: Type.Integer(),
  repeatOf: Nullable(Type.String()),
  dwell: Type.Object({ seenMs: Type.Number(), bridgedMs: Type.Number(), unknownMs: Type.Number() }),
  samplesSeen: Type.Number(),
  samplesTaken: Type.Number(),
  longestGapMs: Type.Number(),
  onsetMs: Type.Number(),
  legalMs: Type.Number(),
  rule: Type.Object({ id: Type.String() }),
  zonePolygon: Type.Array(Type.Tuple([Type.Number(), Type.Number()])),
  stills: Type.Array(StillView),
  clips: Type.Array(ClipView),
  explanation: Type.String(),
  clockErrorMs: Nullable(Type.Number()),
  model: Nullable(Type.Object({ name: Type.String(), sha256: Type.String() })),
  sceneVersion: Type.String(),
  evidence: Nullable(
    Type.Object({
      manifestHash: Type.String(),
      sealedAt: IsoTime,
      keyId: Nullable(Type.String()),
      timeStampedAt: {
        ...Nullable(IsoTime),
        description: 'When an outside authority said that it was there; null while none has',
      },
      timeStampFailure: Nullable(Type.String()),
    }),
  ),
  evidenceFailure: Nullable(Type.String()),
  review: { ...Nullable(Review), description: 'The newest decision that was not taken back' },
  undoUntil: {
    ...Nullable(IsoTime),
    description: 'Until when who decided may take it back; nothing comes of the decision before',
  },
  mergedInto: { ...Nullable(Type.String()), description: 'The candidate that shows the same' },
  merged: Type.Array(Type.String(), { description: 'Candidates that were merged into this one' }),
  penaltyTrack: Type.Boolean(),
  needsDriverAbsent: Type.Boolean({ description: 'To confirm, it must be said that the driver is away' }),
  stillsToShow: Type.Array(Moment, {
    description: 'Stills that must have been shown under the lease to confirm',
  }),
  shownStills: Type.Array(Moment, { description: 'Of them, those that the caller has been shown' }),
  penaltyItemsMissing: Type.Array(Type.Enum([...attestationItems]), {
    description: 'What the camera lacks for a penalty; it may make a management case',
  }),
  evidenceRequest: Nullable(
    Type.Object({
      wants: Type.Enum([...evidenceWants]),
      by: Type.String(),
      askedAt: IsoTime,
      untilDwellMs: Nullable(Type.Number()),
      answer: Nullable(Type.Object({ by: Type.String(), at: IsoTime, note: Type.String() })),
    }),
  ),
  secondLook: Nullable(
    Type.Object(
      {
        look: Type.Enum([...secondLooks]),
        at: IsoTime,
        remindedAt: Nullable(IsoTime),
        graceUntil: Nullable(IsoTime),
        lastSeen: IsoTime,
        dwellMs: Type.Number(),
        explanation: Type.String(),
      },
      { description: 'What was found when the grace after a reminder was over' },
    ),
  ),
});
export type CandidateDetail = Static<typeof CandidateDetail>;

const Note = Type.Optional(Type.String({ maxLength: 2000 }));
const Version = Type.Integer({ description: 'The version that the caller has seen' });

export const ConfirmBody = Type.Object(
  {
    version: Version,
    checks: Type.Partial(Checks, {
      additionalProperties: false,
      description: "The law's four words; all must be true",
    }),
    driverAbsent: Type.Optional(
      Type.Boolean({ description: 'The driver is not there; needed where the offence needs it' }),
    ),
    track: Type.Optional(
      Type.Enum([...caseTracks], {
        description: 'Default management; a penalty needs an eligible camera and a second person',
      }),
    ),
    level: Type.Optional(Type.Enum(['normal', 'urgent'])),
    note: Note,
  },
  { additionalProperties: false },
);
export type ConfirmBody = Static<typeof ConfirmBody>;

export const RejectBody = Type.Object(
  { version: Version, reason: Type.Enum([...rejectReasons]), note: Note },
  { additionalProperties: false },
);
export type RejectBody = Static<typeof RejectBody>;

const maxBatch = 100;

export const BatchRejectBody = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        { id: Type.String({ minLength: 1, maxLength: 64 }), version: Version },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: maxBatch },
    ),
    reason: Type.Enum([...rejectReasons]),
    note: Note,
  },
  { additionalProperties: false },
);
export type BatchRejectBody = Static<typeof BatchRejectBody>;

export const BatchRejectResult = Type.Object({
  id: Type.String(),
  status: Type.Enum(['rejected', 'refused']),
  version: Nullable(Type.Integer()),
  undoUntil: Nullable(IsoTime),
  error: Nullable(
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      details: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
});
export type BatchRejectResult = Static<typeof BatchRejectResult>;

export const AskEvidenceBody = Type.Object(
  { version: Version, wants: Type.Enum([...evidenceWants]), note: Note },
  { additionalProperties: false },
);
export type AskEvidenceBody = Static<typeof AskEvidenceBody>;

export const AnswerEvidenceBody = Type.Object(
  {
    note: Type.String({
      minLength: 1,
      maxLength: 2000,
      pattern: '\\S',
      description: 'What was found, and where it is',
    }),
  },
  { additionalProperties: false },
);
export type AnswerEvidenceBody = Static<typeof AnswerEvidenceBody>;

export const RemindBody = Type.Object(
  {
    version: Version,
    channel: Type.Enum([...reminderChannels]),
    graceMs: Type.Optional(
      Type.Integer({
        minimum: 60_000,
        maximum: 24 * 3_600_000,
        description: 'From the reminder to the second look',
      }),
    ),
    note: Note,
  },
  { additionalProperties: false },
);
export type RemindBody = Static<typeof RemindBody>;

export const MergeBody = Type.Object(
  {
    version: Version,
    into: Type.String({ minLength: 1, maxLength: 64, description: 'The candidate that shows the same' }),
    note: Note,
  },
  { additionalProperties: false },
);
export type MergeBody = Static<typeof MergeBody>;

export const UndoBody = Type.Object({ version: Type.Optional(Version) }, { additionalProperties: false });
export type UndoBody = Static<typeof UndoBody>;

export const ShownBody = Type.Object(
  { moments: Type.Array(Moment, { minItems: 1, maxItems: stillMoments.length }) },
  { additionalProperties: false },
);

export const AppealBody = Type.Object(
  { version: Version, reason: Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' }) },
  { additionalProperties: false },
);
export type AppealBody = Static<typeof AppealBody>;
