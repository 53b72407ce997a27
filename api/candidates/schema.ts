import { type Static, Type } from 'typebox';
import {
  candidateStates,
  type EvidenceCheck,
  objectClasses,
  rejectReasons,
  suppressionReasons,
} from '../../domain/mod.ts';
import { ClipView, StillView } from '../evidence/schema.ts';
import { IsoTime, Nullable, OffenceReference, Reference } from '../http/schema.ts';

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

const Review = Type.Object({
  reviewer: Type.String(),
  result: Type.Enum(['confirmed', 'rejected']),
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
    Type.Object({ manifestHash: Type.String(), sealedAt: IsoTime, keyId: Nullable(Type.String()) }),
  ),
  evidenceFailure: Nullable(Type.String()),
  review: Nullable(Review),
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
